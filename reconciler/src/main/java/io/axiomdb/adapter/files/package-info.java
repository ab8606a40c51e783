/**
 * axiomdb.yaml and what it includes, read from a directory. Knows nothing of Git; whoever builds the source says where
 * commits come from. Start at {@link io.axiomdb.adapter.files.DirectorySource}.
 */
@NullMarked
package io.axiomdb.adapter.files;

import org.jspecify.annotations.NullMarked;
