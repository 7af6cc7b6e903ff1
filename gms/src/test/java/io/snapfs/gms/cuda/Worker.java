package io.snapfs.gms.cuda;

import io.snapfs.linux.NativeMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Owns a child process that uses the stand-in: it holds device memory until its input ends. */
final class Worker implements AutoCloseable {
  static final long DEVICE_BYTES = 8 << 20;

  private final Process process;

  private Worker(Process process) {
    this.process = process;
  }

  /** Starts one and returns when it holds the memory. */
  static Worker start(Path library, Path state) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            library.toString());
    builder.environment().put("SNAPFS_STANDIN_STATE", state.toString());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Worker worker = new Worker(builder.start());
    String line =
        new BufferedReader(
                new InputStreamReader(worker.process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (!"ready".equals(line)) {
      worker.close();
      throw new IOException("the worker did not start: " + line);
    }
    return worker;
  }

  int pid() {
    return (int) process.pid();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new IOException("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The child. */
  public static void main(String[] arguments) throws IOException {
    CudaDevice device = Cuda.find(arguments[0]).require("for a test").device(0);
    try (NativeMemory host = NativeMemory.allocate(DEVICE_BYTES);
        CudaContext context = device.openContext();
        DeviceMemory memory = DeviceMemory.create(device, DEVICE_BYTES);
        AddressRange range = AddressRange.reserve(device, DEVICE_BYTES, 0)) {
      range.map(0, memory, AddressRange.Access.READ_WRITE);
      context.copyToDevice(range.address(), host.address(), DEVICE_BYTES);
      System.out.println("ready");
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
