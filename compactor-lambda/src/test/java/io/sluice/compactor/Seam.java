package io.sluice.compactor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * All calls that one worker makes to what is outside of it, whatever the interface: each is
 * counted, and a test decides what becomes of it. Once the worker is dead nothing that it still
 * calls has an effect.
 */
final class Seam {

  /** Which interface a call belongs to. */
  enum Part {
    METADATA,
    CATALOG,
    STORAGE
  }

  /** What becomes of a call. */
  enum Fate {
    WELL,
    /** An error that doesn't say whether it was done; it wasn't. */
    FAILS_BEFORE,
    /** An error that doesn't say whether it was done; it was. */
    FAILS_AFTER,
    /** An error that says that it wasn't done. */
    REFUSED,
    /** An error that says that it wasn't done, although it was; a commit to the lake. */
    DENIED,
    /** An error, and it is done while the worker is about something else; a change of metadata. */
    LATE,
    DIES_BEFORE,
    /** The worker is gone when a part of its file is there; the end of a file. */
    DIES_HALFWAY,
    DIES_AFTER
  }

  /**
   * One call.
   *
   * @param number of the worker's calls, from 1
   * @param name the method, and on what kind of thing
   */
  record Call(int number, Part part, String name) {

    boolean endsFile() {
      return part == Part.STORAGE && name.startsWith("close");
    }

    boolean changesMetadata() {
      return part == Part.METADATA && !name.startsWith("read") && !name.startsWith("list");
    }

    /** After a call that changes nothing all is as it was before it. */
    boolean changesSomething() {
      return changesMetadata()
          || name.equals("commit")
          || (part == Part.STORAGE && name.matches("(create|write|close|deleteFile) .*"));
    }
  }

  /** Decides what becomes of a call. */
  @FunctionalInterface
  interface Fates {

    /** Is asked before the call does anything, and may do something itself. */
    Fate of(Call call);

    /** Is told when the call has done its work, before the worker hears of it. */
    default void done(Call call) {}
  }

  /** A call that has begun, and what becomes of it. */
  record Begun(Call call, Fate fate) {}

  /** The worker's process is gone. */
  static final class Died extends Error {
    private static final long serialVersionUID = 1L;

    Died() {
      super("the worker died");
    }
  }

  /** More calls than any run needs: a worker that makes them goes round in circles. */
  private static final int CALLS_AT_MOST = 3_000;

  private final String worker;
  private final Fates fates;
  private final boolean counted;
  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean dead;

  Seam(String worker, Fates fates) {
    this(worker, fates, true);
  }

  private Seam(String worker, Fates fates, boolean counted) {
    this.worker = worker;
    this.fates = fates;
    this.counted = counted;
  }

  /** Returns the way of someone who isn't watched. */
  static Seam unwatched(String who) {
    return new Seam(who, call -> Fate.WELL, false);
  }

  /** Returns the way of a worker to whom nothing happens. */
  static Seam well(String worker) {
    return new Seam(worker, call -> Fate.WELL);
  }

  /** Returns the way of a worker to whom something happens at its {@code number}th call only. */
  static Seam once(String worker, int number, Fate fate) {
    return new Seam(worker, call -> call.number() == number ? fate : Fate.WELL);
  }

  String worker() {
    return worker;
  }

  boolean died() {
    return dead;
  }

  /** Returns all calls so far, in order. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  void requireAlive() {
    if (dead) {
      throw new Died();
    }
  }

  /** Begins a call, and tells what becomes of it. */
  Begun enter(Part part, String name) {
    requireAlive();
    Call call = new Call(calls.size() + 1, part, name);
    if (!counted) {
      return new Begun(call, Fate.WELL);
    }
    if (call.number() > CALLS_AT_MOST) {
      throw new AssertionError(worker + " doesn't come to an end: " + call);
    }
    calls.add(call);
    Fate fate = fates.of(call);
    if (fate == Fate.DIES_BEFORE) {
      throw die();
    }
    return new Begun(call, fate);
  }

  /** Ends a call that has done what it was asked for. */
  void leave(Begun begun) {
    fates.done(begun.call());
    if (begun.fate() == Fate.DIES_AFTER || begun.fate() == Fate.DIES_HALFWAY) {
      throw die();
    }
  }

  /** Makes one call of an interface that fails by exceptions. */
  <T> T call(
      Part part, String name, Supplier<T> act, Function<Fate, ? extends RuntimeException> failure) {
    Begun begun = enter(part, name);
    if (begun.fate() == Fate.FAILS_BEFORE || begun.fate() == Fate.REFUSED) {
      throw failure.apply(begun.fate());
    }
    T result = act.get();
    leave(begun);
    if (begun.fate() == Fate.FAILS_AFTER || begun.fate() == Fate.DENIED) {
      throw failure.apply(begun.fate());
    }
    return result;
  }

  private Died die() {
    dead = true;
    return new Died();
  }
}
