package io.snapfs.format;

/**
 * The structure is of a version, or needs a feature, that this build does not know. It is not
 * damaged.
 */
public class TooNewException extends SnapfsException {
  public TooNewException(String resource, String what) {
    super(resource + " is too new for this snapfs: " + what + "; use a newer snapfs");
  }
}
