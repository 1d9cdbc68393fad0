// `WordCount SERVER TEXT…`: counts the words of the texts with Kafka Streams and prints the counts as JSON.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Produced;

public class WordCount {
    public static void main(String[] args) throws Exception {
        String server = args[0];
        List<String> texts = List.of(args).subList(1, args.length);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", (Object) server), new StringSerializer(), new StringSerializer())) {
            for (String text : texts) producer.send(new ProducerRecord<>("words-in", text, text)).get();
        }
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream("words-in")
            .flatMapValues(text -> Arrays.asList(text.toLowerCase().split(" ")))
            .groupBy((key, word) -> word)
            .count()
            .toStream()
            .to("words-out", Produced.with(Serdes.String(), Serdes.Long()));
        Properties settings = new Properties();
        settings.put("application.id", "word-count");
        settings.put("bootstrap.servers", server);
        settings.put("default.key.serde", Serdes.StringSerde.class);
        settings.put("default.value.serde", Serdes.StringSerde.class);
        settings.put("auto.offset.reset", "earliest");
        settings.put("commit.interval.ms", 500);
        settings.put("state.dir", Files.createTempDirectory("ottla-streams").toString());
        try (KafkaStreams streams = new KafkaStreams(builder.build(), settings)) {
            streams.start();
            long words = texts.stream().mapToLong(text -> text.split(" ").length).sum();
            System.out.println(new ObjectMapper().writeValueAsString(counts(server, words)));
        }
    }

    /** Reads until the counts add up to all words. */
    private static Map<String, Long> counts(String server, long words) {
        Map<String, Object> settings =
            Map.of("bootstrap.servers", server, "group.id", "word-count-reader", "auto.offset.reset", "earliest");
        Map<String, Long> counts = new TreeMap<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of("words-out"));
            while (counts.values().stream().mapToLong(Long::longValue).sum() < words)
                consumer.poll(Duration.ofMillis(200)).forEach(each -> counts.put(each.key(), each.value()));
        }
        return counts;
    }
}
