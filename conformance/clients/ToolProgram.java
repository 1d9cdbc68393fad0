// Kafka's own command-line tools, their main methods, one after the other in one virtual machine: starting one for each
// takes longer than all they do. A line of JSON on standard input, {"className", "args", "input", "background"}, is
// answered by a line of JSON: what the tool has printed to both streams, and its exit code.
// A tool leaves by Kafka's Exit, which would end the machine: its thread is left waiting for ever instead, after what
// it wanted done at the end.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Exit;

public final class ToolProgram {
    private static final int TOOL_SECONDS_MAX = 60;
    /** As timeout(1) has it. */
    private static final int TIMED_OUT = 124;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private static final ThreadLocal<Tool> current = new InheritableThreadLocal<>();

    private record Tool(CompletableFuture<Integer> exit, List<Runnable> hooks) {
        void end(int code) {
            hooks.forEach(Runnable::run);
            exit.complete(code);
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = System.out;
        PrintStream capture = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(capture);
        System.setErr(capture);
        Exit.setExitProcedure((code, message) -> leave(code));
        Exit.setHaltProcedure((code, message) -> leave(code));
        Exit.setShutdownHookAdder((name, hook) -> current.get().hooks().add(hook));
        for (String line = requests.readLine(); line != null; line = requests.readLine())
            answers.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
        Runtime.getRuntime().halt(0);
    }

    private static Map<String, Object> answer(JsonNode request) throws Exception {
        printed.reset();
        System.setIn(new ByteArrayInputStream(request.get("input").asText().getBytes(StandardCharsets.UTF_8)));
        List<String> args = new ArrayList<>();
        request.get("args").forEach(each -> args.add(each.asText()));
        Tool tool = start(request.get("className").asText(), args.toArray(String[]::new));
        boolean isAwaited = !request.get("background").asBoolean();
        if (isAwaited) tool.exit().completeOnTimeout(TIMED_OUT, TOOL_SECONDS_MAX, TimeUnit.SECONDS);
        int exit = isAwaited ? tool.exit().get() : 0;
        return Map.of("printed", printed.toString(StandardCharsets.UTF_8), "exit", exit);
    }

    private static Tool start(String className, String[] args) {
        Tool tool = new Tool(new CompletableFuture<>(), new CopyOnWriteArrayList<>());
        Thread thread = new Thread(() -> {
            current.set(tool);
            try {
                Class.forName(className).getMethod("main", String[].class).invoke(null, (Object) args);
                tool.end(0);
            } catch (Throwable error) {
                error.printStackTrace();
                tool.end(1);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return tool;
    }

    private static void leave(int code) {
        current.get().end(code);
        while (true) {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException ignored) {
                // Nothing waits for this thread.
            }
        }
    }
}
