package io.snapfs.tools.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Rewrites a jar whose classes have the format of Java 5, as those of picocli, ASM and jnr-x86asm
 * have: to that of Java 6, which is the same but for tables that let the JVM verify a class in one
 * pass. Java 17 keeps no older class in a class-data archive, nor any that refers to one, and those
 * libraries are half of what a command loads.
 */
final class ModernJar {
  /** Offset of the major version in a class file (JVMS 4.1). */
  private static final int MAJOR = 6;

  private ModernJar() {}

  /**
   * Rewrites the jar, by a rename, if a class in it is old. What its classes refer to must be on
   * this program's class path.
   *
   * @return whether it was rewritten
   */
  static boolean rewrite(Path jar) throws IOException {
    Path temporary = jar.resolveSibling(jar.getFileName() + ".new");
    boolean changed = false;
    try {
      try (JarFile source = new JarFile(jar.toFile());
          OutputStream file = Files.newOutputStream(temporary);
          JarOutputStream target = new JarOutputStream(file)) {
        List<JarEntry> entries = Collections.list(source.entries());
        for (JarEntry entry : entries) {
          byte[] content = read(source, entry);
          byte[] written = isOld(entry, content) ? modern(content) : content;
          changed |= written != content;
          write(target, entry, written);
        }
      }
      if (changed) {
        Files.move(temporary, jar, StandardCopyOption.ATOMIC_MOVE);
      }
      return changed;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream content = jar.getInputStream(entry)) {
      return content.readAllBytes();
    }
  }

  private static void write(JarOutputStream jar, JarEntry like, byte[] content) throws IOException {
    JarEntry entry = new JarEntry(like.getName());
    entry.setTime(like.getTime());
    jar.putNextEntry(entry);
    jar.write(content);
    jar.closeEntry();
  }

  private static boolean isOld(JarEntry entry, byte[] content) {
    return entry.getName().endsWith(".class")
        && content.length > MAJOR + 1
        && (((content[MAJOR] & 0xff) << 8) | (content[MAJOR + 1] & 0xff)) < Opcodes.V1_6;
  }

  private static byte[] modern(byte[] old) {
    ClassReader reader = new ClassReader(old);
    ClassWriter writer =
        new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
          @Override
          protected String getCommonSuperClass(String first, String second) {
            try {
              return super.getCommonSuperClass(first, second);
            } catch (TypeNotPresentException e) {
              return "java/lang/Object"; // of an optional library that is not here
            }
          }
        };
    reader.accept(new Version(writer), ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  /** Hands a class on as one of Java 6. */
  private static final class Version extends ClassVisitor {
    Version(ClassWriter writer) {
      super(Opcodes.ASM9, writer);
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        String signature,
        String parent,
        String[] interfaces) {
      super.visit(Opcodes.V1_6, access, name, signature, parent, interfaces);
    }
  }
}
