package io.snapfs.linux;

/**
 * Who is on the other side of a unix socket.
 *
 * @param pid its process, in this pid namespace; 0 if it has none there
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
