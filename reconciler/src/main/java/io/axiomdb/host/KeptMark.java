package io.axiomdb.host;

import io.axiomdb.core.Mark;
import java.time.Instant;

/** A mark as a host keeps it, and since when by the host's clock. */
public record KeptMark(Mark mark, Instant since) {}
