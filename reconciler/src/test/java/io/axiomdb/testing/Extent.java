package io.axiomdb.testing;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How much of the tests this run is for: the default run takes the short ones and some of each long list, {@code -Pfull} all, or
 * one part of all ({@code -Dfull.part=2/6}).
 *
 * @param full whether nothing is left out
 * @param part from 1
 * @param parts how many there are
 */
public record Extent(boolean full, int part, int parts) {
    public Extent {
        if (part < 1 || part > parts) {
            throw new IllegalArgumentException("full.part is one of so many, such as 2/6; not " + part + "/" + parts);
        }
    }

    /** Of this run, by its system properties. */
    public static Extent here() {
        String[] part = System.getProperty("full.part", "1/1").split("/", 2);
        return new Extent(
                !System.getProperty("left.out", "full").contains("full"),
                Integer.parseInt(part[0]),
                Integer.parseInt(part[part.length - 1]));
    }

    /** Whether a test class belongs to this part. */
    public boolean has(String testClass) {
        return Math.floorMod(testClass.hashCode(), parts) == part - 1;
    }

    /** What of a long list is tried: in the default run every so manieth, else this part. */
    public <T> List<T> of(List<T> all, int every) {
        return full ? each(all, part - 1, parts) : each(all, 0, every);
    }

    private static <T> List<T> each(List<T> all, int first, int every) {
        return IntStream.range(0, all.size())
                .filter(i -> i % every == first)
                .mapToObj(all::get)
                .toList();
    }
}
