package io.sluice.compactor.lambda;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
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

  static Messages of(List<SQSMessage> messages) {
    Map<TableName, List<String>> byTable = new LinkedHashMap<>();
    Map<String, String> unread = new LinkedHashMap<>();
    for (SQSMessage message : messages) {
      String body = message.getBody();
      try {
        TableName table = Announcement.decode(body == null ? "" : body).table();
        byTable.computeIfAbsent(table, name -> new ArrayList<>()).add(message.getMessageId());
      } catch (IllegalArgumentException e) {
        unread.put(message.getMessageId(), String.valueOf(e.getMessage()));
      }
    }
    return new Messages(byTable, unread);
  }
}
