/**
 * Git, through JGit, which lives nowhere else. Which repository a file is in is decided by {@code WorkTree} alone. Reading runs
 * none of a repository's hooks, filters or programs; making a commit runs its hooks as Git does. Start at
 * {@link io.axiomdb.adapter.git.HeadCommit}.
 */
@NullMarked
package io.axiomdb.adapter.git;

import org.jspecify.annotations.NullMarked;
