// What RemoteClusterUtils makes of the checkpoints in a cluster: a line of JSON, offsets by topic and partition.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.mirror.RemoteClusterUtils;

public class TranslateOffsets {
    private static final Duration WAIT = Duration.ofSeconds(60);

    public static void main(String[] args) throws Exception {
        String server = args[0];
        String sourceAlias = args[1];
        String group = args[2];
        Map<String, Object> settings = Map.of("bootstrap.servers", server);
        var translated = RemoteClusterUtils.translateOffsets(settings, sourceAlias, group, WAIT);
        System.out.println(new ObjectMapper().writeValueAsString(translated.entrySet().stream()
            .collect(Collectors.toMap(each -> each.getKey().toString(), each -> each.getValue().offset()))));
    }
}
