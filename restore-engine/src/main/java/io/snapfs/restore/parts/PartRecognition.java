package io.snapfs.restore.parts;

import io.snapfs.format.manifest.PartType;
import io.snapfs.format.write.PartClassifier;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells the parts of a checkpoint folder. What the user named comes first, then:
 *
 * <ul>
 *   <li>{@code weights}: {@code *.safetensors}, {@code *.safetensors.index.json}, and in a folder
 *       where a GMS saved a device, {@code manifest.json}, {@code gms_metadata.json} and {@code
 *       shards/*}
 *   <li>{@code rootfs-diff}: {@code rootfs-diff.tar} and {@code deleted-files.json}
 *   <li>{@code criu}: in a folder whose {@code inventory.img} has CRIU's magic number, {@code
 *       *.img} and what else CRIU or its caller writes there
 *   <li>{@code other}: the rest
 * </ul>
 *
 * <p>A part is named after its folder. Holds the packed folder open. Not safe for use by many
 * threads.
 */
public final class PartRecognition implements PartClassifier, AutoCloseable {
  private static final Logger LOG = System.getLogger(PartRecognition.class.getName());

  private static final Pattern SAFETENSORS = Pattern.compile(".*\\.safetensors(\\.index\\.json)?");
  private static final Set<String> ROOTFS_DIFF = Set.of("rootfs-diff.tar", "deleted-files.json");
  private static final Set<String> GMS_FILES = Set.of("manifest.json", "gms_metadata.json");
  private static final String GMS_SHARDS = "shards";
  private static final Pattern CRIU_FILE =
      Pattern.compile(".*\\.(img|log)|stats-(dump|restore)|criu\\.conf|descriptors\\.json|parent");
  private static final Pattern CRIU_PAGES = Pattern.compile("pages-\\d+\\.img");
  private static final int PAGE = 4096;

  /** Folders whose kind is remembered: a walk comes back to few. */
  private static final int REMEMBERED = 256;

  private final Fd root;
  private final List<ExplicitPart> explicit;
  private final Map<String, Folder> folders = new RecentFolders();

  private static final class RecentFolders extends LinkedHashMap<String, Folder> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Folder> eldest) {
      return size() > REMEMBERED;
    }
  }

  /**
   * Opens the folder that is about to be packed.
   *
   * @param explicit what the user named; of several that hold a file, the first one counts
   */
  public PartRecognition(Path source, List<ExplicitPart> explicit) throws LinuxException {
    this.root = Open.at(Fd.CWD, Names.of(source.toString()), Open.O_RDONLY | Open.O_DIRECTORY);
    this.explicit = List.copyOf(explicit);
  }

  @Override
  public Part classify(byte[] path) {
    String name = new String(path, StandardCharsets.ISO_8859_1);
    for (ExplicitPart part : explicit) {
      String wanted = new String(Names.of(part.path()), StandardCharsets.ISO_8859_1);
      if (wanted.isEmpty() || name.equals(wanted) || name.startsWith(wanted + "/")) {
        return new Part(part.type(), part.path());
      }
    }
    return recognise(parent(name), name.substring(name.lastIndexOf('/') + 1));
  }

  private Part recognise(String folder, String name) {
    if (SAFETENSORS.matcher(name).matches()) {
      return part(PartType.WEIGHTS, folder);
    }
    if (ROOTFS_DIFF.contains(name)) {
      return part(PartType.ROOTFS_DIFF, folder);
    }
    if (GMS_FILES.contains(name) && kind(folder) == Folder.GMS) {
      return part(PartType.WEIGHTS, folder);
    }
    if (isShards(folder) && kind(parent(folder)) == Folder.GMS) {
      return part(PartType.WEIGHTS, parent(folder));
    }
    if (CRIU_FILE.matcher(name).matches() && kind(folder) == Folder.CRIU) {
      warnIfCompressed(folder, name);
      return part(PartType.CRIU_IMAGES, folder);
    }
    return Part.OTHER;
  }

  private static boolean isShards(String folder) {
    return folder.equals(GMS_SHARDS) || folder.endsWith("/" + GMS_SHARDS);
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static Part part(PartType type, String folder) {
    return new Part(type, new String(Folder.bytes(folder), StandardCharsets.UTF_8));
  }

  private Folder kind(String folder) {
    return folders.computeIfAbsent(folder, path -> Folder.of(root, path));
  }

  // Newer CRIU can compress pages itself, and then two dumps have no page in common. Without that,
  // the
  // file is a whole number of pages.
  private void warnIfCompressed(String folder, String name) {
    if (!CRIU_PAGES.matcher(name).matches()) {
      return;
    }
    byte[] path = Folder.bytes(folder.isEmpty() ? name : folder + "/" + name);
    try {
      if (Stat.lstatAt(root, path).size() % PAGE != 0) {
        LOG.log(
            Level.WARNING,
            "{0} is not a whole number of pages: if CRIU compressed it, it shares nothing with"
                + " other dumps; dump without compression",
            Names.printable(path));
      }
    } catch (LinuxException e) {
      LOG.log(Level.DEBUG, "cannot look at " + Names.printable(path), e);
    }
  }

  @Override
  public void close() {
    root.close();
  }
}
