package io.snapfs.restore.criu;

/**
 * A file of raw pages.
 *
 * @param node its index in the artifact's manifest; -1 if it is a file of the filesystem
 * @param size in bytes
 * @param description its path, for messages
 */
public record PagesFile(int node, long size, String description) {}
