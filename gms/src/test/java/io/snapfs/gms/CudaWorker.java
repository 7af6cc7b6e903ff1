package io.snapfs.gms;

import com.kenai.jffi.Library;
import io.snapfs.gms.cuda.AddressRange;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.linux.NativeMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Owns a child process that uses the stand-in: it holds device memory until its input ends. */
public final class CudaWorker implements AutoCloseable {
  public static final long DEVICE_BYTES = 8 << 20;

  private final Process process;

  private CudaWorker(Process process) {
    this.process = process;
  }

  /** Starts one and returns when it holds the memory. */
  public static CudaWorker start(Path library, Path state) throws IOException {
    return start(library, state, true);
  }

  /** Starts one that loads the library and never calls it. */
  public static CudaWorker startWithoutUse(Path library, Path state) throws IOException {
    return start(library, state, false);
  }

  private static CudaWorker start(Path library, Path state, boolean use) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            CudaWorker.class.getName(),
            library.toString(),
            String.valueOf(use));
    builder.environment().put("SNAPFS_STANDIN_STATE", state.toString());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    CudaWorker worker = new CudaWorker(builder.start());
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

  /** Its process id. */
  public int pid() {
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
    if (!Boolean.parseBoolean(arguments[1])) {
      if (Library.openLibrary(arguments[0], Library.NOW) == null) {
        throw new IOException(Library.getLastError());
      }
      ready();
      return;
    }
    CudaDevice device = Cuda.find(arguments[0]).require("for a test").device(0);
    try (NativeMemory host = NativeMemory.allocate(DEVICE_BYTES);
        CudaContext context = device.openContext();
        DeviceMemory memory = DeviceMemory.create(device, DEVICE_BYTES);
        AddressRange range = AddressRange.reserve(device, DEVICE_BYTES, 0)) {
      range.map(0, memory, AddressRange.Access.READ_WRITE);
      context.copyToDevice(range.address(), host.address(), DEVICE_BYTES);
      ready();
    }
  }

  private static void ready() throws IOException {
    System.out.println("ready");
    System.in.transferTo(OutputStream.nullOutputStream());
  }
}
