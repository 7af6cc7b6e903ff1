package io.snapfs.tools.packaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

final class ModernJarTest {
  private static final byte[] TEXT = {1, 2, 3};

  @TempDir Path folder;

  @Test
  void oldClassesWorkInTheNewFormat() throws Exception {
    Path jar = jar(absolute(Opcodes.V1_5));

    assertTrue(ModernJar.rewrite(jar));

    try (JarFile file = new JarFile(jar.toFile())) {
      assertEquals(
          Opcodes.V1_6, file.getInputStream(file.getEntry("Absolute.class")).readAllBytes()[7]);
      assertArrayEquals(TEXT, file.getInputStream(file.getEntry("text")).readAllBytes());
    }
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      IntUnaryOperator absolute =
          (IntUnaryOperator) loader.loadClass("Absolute").getDeclaredConstructor().newInstance();
      assertEquals(7, absolute.applyAsInt(-7));
      assertEquals(7, absolute.applyAsInt(7));
    }
    assertFalse(ModernJar.rewrite(jar), "nothing is old any more");
  }

  @Test
  void aJarWithoutOldClassesStaysAsItIs() throws Exception {
    Path jar = jar(absolute(Opcodes.V1_6));
    byte[] before = Files.readAllBytes(jar);

    assertFalse(ModernJar.rewrite(jar));

    assertArrayEquals(before, Files.readAllBytes(jar));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(jar), files.toList());
    }
  }

  private Path jar(byte[] type) throws Exception {
    Path jar = folder.resolve("a.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("Absolute.class"));
      out.write(type);
      out.putNextEntry(new JarEntry("text"));
      out.write(TEXT);
    }
    return jar;
  }

  /** A class with a branch, which Java 6 demands a table for; of Java 6, with it. */
  private static byte[] absolute(int version) {
    ClassWriter type = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    type.visit(
        version,
        Opcodes.ACC_PUBLIC | Opcodes.ACC_SUPER,
        "Absolute",
        null,
        "java/lang/Object",
        new String[] {"java/util/function/IntUnaryOperator"});
    MethodVisitor init = type.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
    init.visitVarInsn(Opcodes.ALOAD, 0);
    init.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    init.visitInsn(Opcodes.RETURN);
    init.visitMaxs(0, 0);
    MethodVisitor apply = type.visitMethod(Opcodes.ACC_PUBLIC, "applyAsInt", "(I)I", null, null);
    Label positive = new Label();
    apply.visitVarInsn(Opcodes.ILOAD, 1);
    apply.visitJumpInsn(Opcodes.IFGE, positive);
    apply.visitVarInsn(Opcodes.ILOAD, 1);
    apply.visitInsn(Opcodes.INEG);
    apply.visitInsn(Opcodes.IRETURN);
    apply.visitLabel(positive);
    apply.visitVarInsn(Opcodes.ILOAD, 1);
    apply.visitInsn(Opcodes.IRETURN);
    apply.visitMaxs(0, 0);
    type.visitEnd();
    return type.toByteArray();
  }
}
