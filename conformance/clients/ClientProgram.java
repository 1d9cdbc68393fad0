// Kafka's own Java client, one operation of ../client.ts: JSON on standard input, a line of JSON on standard output.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class ClientProgram {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(200);

    private final JsonNode request;
    private final String server;
    private final String topic;
    private final ObjectNode answer = JSON.createObjectNode();

    private ClientProgram(JsonNode request) {
        this.request = request;
        this.server = request.get("server").asText();
        this.topic = request.get("topic").asText();
    }

    public static void main(String[] args) throws Exception {
        ClientProgram program = new ClientProgram(JSON.readTree(System.in));
        switch (program.request.get("op").asText()) {
            case "produce" -> program.produce();
            case "consume" -> program.consume();
            case "consumeFrom" -> program.consumeFrom();
            case "rebalance" -> program.rebalance();
            default -> program.administer();
        }
        System.out.println(JSON.writeValueAsString(program.answer));
    }

    private void produce() throws Exception {
        Map<String, Object> settings = new HashMap<>(Map.of(
            "bootstrap.servers", server,
            "acks", "all",
            "compression.type", request.get("codec").asText(),
            "enable.idempotence", request.get("idempotent").asBoolean(),
            "max.request.size", 2_000_000));
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (JsonNode each : request.get("records")) {
                var produced = new ProducerRecord<>(topic, each.get("key").textValue(), each.get("value").textValue());
                for (JsonNode header : each.get("headers"))
                    produced.headers().add(header.get(0).asText(), header.get(1).asText().getBytes());
                sent.add(producer.send(produced));
            }
            for (var future : sent) future.get();
        }
    }

    private void consume() {
        String group = request.get("group").textValue();
        try (var consumer = newConsumer(group)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            if (group != null) {
                consumer.subscribe(List.of(topic));
            } else {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
            }
            long next = read(consumer);
            if (group != null)
                consumer.commitSync(Map.of(partition, new org.apache.kafka.clients.consumer.OffsetAndMetadata(next)));
        }
    }

    private void consumeFrom() {
        try (var consumer = newConsumer(null)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            var found = consumer.offsetsForTimes(Map.of(partition, request.get("timestampMs").asLong()));
            consumer.seek(partition, found.get(partition).offset());
            read(consumer);
        }
    }

    private void rebalance() {
        String group = request.get("group").asText();
        var first = newConsumer(group);
        var second = newConsumer(group);
        first.subscribe(List.of(topic));
        second.subscribe(List.of(topic));
        while (first.assignment().size() != 2 || second.assignment().size() != 2) {
            first.poll(POLL);
            second.poll(POLL);
        }
        ArrayNode both = answer.putArray("both");
        both.add(partitionsOf(first));
        both.add(partitionsOf(second));
        first.close();
        while (second.assignment().size() != 4) second.poll(POLL);
        answer.set("alone", partitionsOf(second));
        second.close();
    }

    private void administer() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server))) {
            switch (request.get("op").asText()) {
                case "createTopic" -> admin.createTopics(List.of(
                    new NewTopic(topic, Optional.of(request.get("partitions").asInt()), Optional.of((short) 1)))).all().get();
                case "addPartitions" ->
                    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(request.get("total").asInt()))).all().get();
                case "deleteTopic" -> admin.deleteTopics(List.of(topic)).all().get();
                case "describeTopic" -> {
                    if (!admin.listTopics().names().get().contains(topic)) return;
                    var described = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                    answer.put("partitions", described.partitions().size());
                }
                default -> throw new IllegalArgumentException(request.get("op").asText());
            }
        }
    }

    private KafkaConsumer<String, String> newConsumer(String group) {
        Map<String, Object> settings = new HashMap<>(Map.of(
            "bootstrap.servers", server,
            "auto.offset.reset", "earliest",
            "enable.auto.commit", false,
            "heartbeat.interval.ms", 300));
        if (group != null) settings.put("group.id", group);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /** Adds the records asked for to the answer; returns the offset after the last. */
    private long read(KafkaConsumer<String, String> consumer) {
        ArrayNode records = answer.putArray("records");
        int count = request.get("count").asInt();
        long next = 0;
        while (records.size() < count) {
            for (ConsumerRecord<String, String> each : consumer.poll(POLL)) {
                if (records.size() == count) break;
                ObjectNode record = records.addObject().put("key", each.key()).put("value", each.value());
                ArrayNode headers = record.putArray("headers");
                each.headers().forEach(header -> headers.addArray().add(header.key()).add(new String(header.value())));
                next = each.offset() + 1;
            }
        }
        return next;
    }

    private static ArrayNode partitionsOf(KafkaConsumer<String, String> consumer) {
        ArrayNode partitions = JSON.createArrayNode();
        consumer.assignment().stream().map(TopicPartition::partition).sorted().forEach(partitions::add);
        return partitions;
    }
}
