package io.axiomdb.lab;

import io.axiomdb.lab.Lab.Client;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** Addresses that attempts can come from: each one in a network namespace of its own, made when first asked for. */
final class Sources {
    private final Lab lab;
    private final Client client;
    private final Map<InetAddress, String> namespaces = new HashMap<>();

    Sources(Lab lab) {
        this.lab = lab;
        this.client = lab.client();
    }

    /** The path of the namespace that has this address and no other of its kind. */
    String namespace(InetAddress address) {
        return namespaces.computeIfAbsent(address, _ -> {
            lab.address(client, address.getHostAddress());
            int number = lab.description().get("number").asInt();
            return "/run/netns/axm%d-%s-%d".formatted(number, client.name(), namespaces.size() + 1);
        });
    }
}
