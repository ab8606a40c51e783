package io.axiomdb.adapter.ssh;

import io.axiomdb.core.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The host helper as it comes with this version: packed into the one file that a host gets, as deploy/host/build.py does. */
final class HelperProgram {
    /** All modules of deploy/host/axm_host; a jar can't be asked for a list. */
    static final List<String> MODULES = List.of(
            "__init__.py",
            "access.py",
            "account.py",
            "addresses.py",
            "arrivals.py",
            "basics.py",
            "block.py",
            "certificate.py",
            "certificate_files.py",
            "change.py",
            "check.py",
            "clocks.py",
            "copy.py",
            "copy_sql.py",
            "copy_tools.py",
            "debian.py",
            "expiry.py",
            "files.py",
            "gateways.py",
            "hba.py",
            "host.py",
            "ini.py",
            "install.py",
            "ipset.py",
            "legacy.py",
            "look.py",
            "lookup.py",
            "main.py",
            "mark.py",
            "neighbours.py",
            "netlink.py",
            "nft.py",
            "packet.py",
            "pooler.py",
            "postgres.py",
            "processes.py",
            "programs.py",
            "recover.py",
            "remove.py",
            "request.py",
            "sessions.py",
            "spans.py",
            "state.py",
            "tick.py",
            "timers.py",
            "ufw.py",
            "undo.py",
            "view.py",
            "waiting.py",
            "walk.py",
            "ways.py",
            "wire.py",
            "words.py",
            "xt.py");

    private static final String FIRST_LINE = "#!/usr/bin/python3 -ISB\n";
    private static final String MAIN = "import sys\nfrom axm_host.main import main\nsys.exit(main(sys.argv[1:]))\n";
    private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final Pattern VERSION = Pattern.compile("(?m)^VERSION = \"([^\"]+)\"$");

    private HelperProgram() {}

    static byte[] packed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(FIRST_LINE.getBytes(StandardCharsets.US_ASCII));
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String module : MODULES) {
                add(zip, "axm_host/" + module, read(module));
            }
            add(zip, "__main__.py", MAIN.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** With a digest of the sources, as the helper itself tells of what it runs. */
    static String version() {
        Matcher version = VERSION.matcher(new String(read("basics.py"), StandardCharsets.UTF_8));
        if (!version.find()) {
            throw new IllegalStateException("the host helper has no version");
        }
        ByteArrayOutputStream sources = new ByteArrayOutputStream();
        for (String module : MODULES) {
            sources.writeBytes(("axm_host/" + module + "\0").getBytes(StandardCharsets.US_ASCII));
            sources.writeBytes(read(module));
            sources.write(0);
        }
        return version.group(1) + "+" + Digest.of(sources.toByteArray()).abbreviated();
    }

    private static void add(ZipOutputStream zip, String name, byte[] data) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(data);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        entry.setCrc(sum.getValue());
        entry.setTimeLocal(DATE);
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }

    private static byte[] read(String module) {
        try (InputStream in = HelperProgram.class.getResourceAsStream("axm_host/" + module)) {
            if (in == null) {
                throw new IllegalStateException("axm_host/" + module + " is not packaged");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
