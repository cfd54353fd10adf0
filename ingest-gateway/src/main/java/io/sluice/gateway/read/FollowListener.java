package io.sluice.gateway.read;

/** Is told of each reader that waits for new rows; must return quickly. Called on any thread. */
public interface FollowListener {

  /** Does nothing. */
  FollowListener NONE =
      new FollowListener() {
        @Override
        public void followerOpened() {}

        @Override
        public void followerClosed() {}
      };

  /** A reader was opened. */
  void followerOpened();

  /** It was closed; told once for each. */
  void followerClosed();
}
