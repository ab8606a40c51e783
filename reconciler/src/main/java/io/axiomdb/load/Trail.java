package io.axiomdb.load;

import com.networknt.schema.path.NodePath;
import io.axiomdb.core.Source;
import io.axiomdb.load.Node.Entry;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Sequence;
import java.util.StringJoiner;

/**
 * The way from the root of the tree to one node.
 *
 * @param node at its end
 * @param key the key or list item that holds it
 * @param path for people, such as {@code projects.shop.host}; empty for the root
 */
record Trail(Node node, Source key, String path) {

    static Trail to(Mapping root, NodePath location) {
        Node node = root;
        Source key = root.at();
        StringJoiner path = new StringJoiner(".");
        for (int i = 0; i < location.getNameCount(); i++) {
            Object step = location.getElement(i);
            switch (node) {
                case Mapping mapping -> {
                    Entry entry = mapping.entries().get(step.toString());
                    if (entry == null) {
                        return new Trail(node, key, path.toString());
                    }
                    node = entry.value();
                    key = entry.key();
                    path.add(step.toString());
                }
                case Sequence sequence -> {
                    node = sequence.items().get(Integer.parseInt(step.toString()));
                    key = node.at();
                }
                case Node.Scalar scalar -> {}
                case Node.Refused refused -> {}
            }
        }
        return new Trail(node, key, path.toString());
    }

    /** The last key on the way. */
    String lastKey() {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
