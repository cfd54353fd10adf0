package io.sluice.compactor.lambda;

import io.sluice.catalog.compaction.Announcement;
import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an event's messages say.
 *
 * @param byTable ids of the messages that name a table, in the order in which tables came first
 * @param unread ids of the messages that can't be read, and why
 */
record Messages(Map<TableName, List<String>> byTable, Map<String, String> unread) {

  /**
   * A queue's message.
   *
   * @param id by which it is answered
   * @param body its text; empty if it has none
   */
  record Message(String id, String body) {}

  static Messages of(List<Message> messages) {
    Map<TableName, List<String>> byTable = new LinkedHashMap<>();
    Map<String, String> unread = new LinkedHashMap<>();
    for (Message message : messages) {
      try {
        TableName table = Announcement.decode(message.body()).table();
        byTable.computeIfAbsent(table, name -> new ArrayList<>()).add(message.id());
      } catch (IllegalArgumentException e) {
        unread.put(message.id(), String.valueOf(e.getMessage()));
      }
    }
    return new Messages(byTable, unread);
  }
}
