/**
 * Git, through JGit, which lives nowhere else. Only reads, and runs none of a repository's hooks, filters or programs.
 * Start at {@link io.axiomdb.adapter.git.HeadCommit}.
 */
@NullMarked
package io.axiomdb.adapter.git;

import org.jspecify.annotations.NullMarked;
