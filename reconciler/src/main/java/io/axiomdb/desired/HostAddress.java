package io.axiomdb.desired;

import io.axiomdb.core.Sorted;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Everything of a host's declaration that decides who receives a secret that is meant for it: where PostgreSQL is and as whom we
 * log in, by which reference and which proof; the machine, its keys and every jump; how connections are encrypted. Another
 * value of any of it is another address. The database counts too, for a pooler sends each to a server of its own.
 */
public record HostAddress(SortedMap<String, String> fields) {
    public HostAddress {
        fields = Sorted.map(fields);
    }

    public static HostAddress of(Host host) {
        SortedMap<String, String> fields = new TreeMap<>(host.fields());
        fields.keySet()
                .removeIf(name -> !name.startsWith("postgres.") && !name.startsWith("ssh.") && !name.equals("tls"));
        fields.putIfAbsent("postgres.auth", host.auth().word());
        return new HostAddress(fields);
    }

    /** All of it in one line, for people. */
    @Override
    public String toString() {
        return fields.entrySet().stream().map(HostAddress::text).collect(Collectors.joining(", "));
    }

    /** What is not as it was, in one line. */
    public String differenceFrom(HostAddress before) {
        SortedMap<String, String> all = new TreeMap<>(before.fields);
        all.putAll(fields);
        return all.keySet().stream()
                .filter(name -> !value(this, name).equals(value(before, name)))
                .map(name -> name + " " + value(before, name) + " -> " + value(this, name))
                .collect(Collectors.joining(", "));
    }

    private static String value(HostAddress address, String name) {
        return address.fields.getOrDefault(name, "(none)");
    }

    private static String text(Map.Entry<String, String> field) {
        return field.getKey() + " " + field.getValue();
    }
}
