package io.axiomdb.adapter.ssh;

import io.axiomdb.core.Mark;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.registry.Lease;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the host helper is asked, as deploy/host/PROTOCOL.md has it. Pure. */
final class Requests {
    static final int PROTOCOL = 1;
    /** Seconds in which a change has to be confirmed; then the host undoes it. */
    static final int CONFIRM_SECONDS = 60;

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private final Host host;
    private final Host.Server server;
    private final Host.Ssh ssh;
    private final String organization;

    Requests(Host host, Host.Server server, Host.Ssh ssh, String organization) {
        this.host = host;
        this.server = server;
        this.ssh = ssh;
        this.organization = organization;
    }

    byte[] look() {
        return bytes(head("look"));
    }

    byte[] doctor() {
        return bytes(head("doctor"));
    }

    byte[] change(Lease lease, Access access, Instant now) {
        ObjectNode request = changing("change", lease)
                .put("confirm_seconds", CONFIRM_SECONDS)
                .put("now", time(now));
        request.set("access", access(access));
        return bytes(request);
    }

    byte[] confirm(Lease lease, String change) {
        return bytes(changing("confirm", lease).put("change", change));
    }

    byte[] certificate(Lease lease, String chain, SortedSet<String> names, Instant now) {
        ObjectNode request =
                changing("certificate", lease).put("now", time(now)).put("chain", chain);
        ArrayNode all = request.putArray("names");
        names.forEach(all::add);
        return bytes(request);
    }

    byte[] certificate(Lease lease, Host.Certificate.Files files, Instant now) {
        ObjectNode request = changing("certificate", lease).put("now", time(now));
        request.putObject("files").put("certificate", files.certificate()).put("key", files.key());
        return bytes(request);
    }

    byte[] copy(Lease lease, DumpCopy copy) {
        return bytes(changing("copy", lease)
                .put("from", copy.from())
                .put("to", copy.to())
                .put("schema_only", copy.schemaOnly())
                .put("login", copy.login())
                .put("password", copy.password().reveal())
                .put("owner", copy.owner()));
    }

    byte[] mark(Lease lease, Collection<Mark> before, Mark mark) {
        ObjectNode request = changing("mark", lease);
        ArrayNode all = request.putArray("before");
        before.forEach(one -> all.add(mark(one)));
        request.set("mark", mark(mark));
        return bytes(request);
    }

    private static ObjectNode mark(Mark mark) {
        return MAKE.objectNode()
                .put("control_plane", mark.controlPlane())
                .put("apply", mark.apply())
                .put("sequence", mark.anchor().sequence())
                .put("head", mark.anchor().hash());
    }

    private ObjectNode head(String op) {
        ObjectNode request = MAKE.objectNode();
        request.put("protocol", PROTOCOL).put("op", op).put("organization", organization);
        request.putObject("postgres").put("port", server.port()).put("admin", server.user());
        if (host.runtimePort() == null) {
            request.putNull("pooler");
        } else {
            request.putObject("pooler").put("port", host.runtimePort());
        }
        return request.put("firewall", host.firewall().word()).put("ssh_port", ssh.port());
    }

    private ObjectNode changing(String op, Lease lease) {
        ObjectNode request = head(op);
        request.putObject("lease").put("epoch", lease.epoch()).put("line", lease.lineDigits());
        return request;
    }

    private static ObjectNode access(Access access) {
        ObjectNode object = MAKE.objectNode();
        ArrayNode branches = object.putArray("branches");
        access.branches().forEach((database, roles) -> {
            ArrayNode names = branches.addObject().put("database", database).putArray("roles");
            roles.forEach(names::add);
        });
        ArrayNode entries = object.putArray("entries");
        access.entries()
                .forEach(entry -> until(
                        entry.until(),
                        entries.addObject()
                                .put("port", entry.port().word())
                                .put("database", entry.database())
                                .put("cidr", entry.cidr().toString())));
        ArrayNode openings = object.putArray("openings");
        access.openings()
                .forEach(opening -> until(
                        opening.until(),
                        openings.addObject()
                                .put("port", opening.port())
                                .put("cidr", opening.cidr().toString())));
        return object;
    }

    private static void until(@Nullable Instant until, ObjectNode object) {
        object.put("until", until == null ? null : time(until));
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static byte[] bytes(ObjectNode request) {
        return MAPPER.writeValueAsString(request).getBytes(StandardCharsets.UTF_8);
    }
}
