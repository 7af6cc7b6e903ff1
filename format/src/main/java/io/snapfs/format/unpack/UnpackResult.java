package io.snapfs.format.unpack;

/**
 * What an unpack run did.
 *
 * @param files regular files
 * @param logicalBytes sum of their sizes
 * @param ownersLeftOut nodes whose owner could not be set, since the process isn't root
 * @param devicesLeftOut device nodes that could not be made for that reason
 * @param xattrsLeftOut attributes that could not be set for that reason
 */
public record UnpackResult(
    long files, long logicalBytes, long ownersLeftOut, long devicesLeftOut, long xattrsLeftOut) {}
