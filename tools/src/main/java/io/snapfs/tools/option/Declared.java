package io.snapfs.tools.option;

import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Options and parameters that a command declares in code instead of by annotations, for commands
 * whose start somebody waits for: Java makes a class at run time for each kind of annotation, and
 * picocli looks at every field and method of the command and of its superclasses.
 *
 * <p>What is made here behaves and is shown like its annotated equal; what is rarely used is set on
 * the builder.
 */
public final class Declared {
  private Declared() {}

  /** An option with a value; the target gets null where it isn't given. */
  public static <T> OptionSpec.Builder option(Class<T> type, Consumer<T> target, String... names) {
    Value<T> value = new Value<>(target);
    return OptionSpec.builder(names[0], rest(names)).type(type).getter(value).setter(value);
  }

  /** An option without a value. */
  public static OptionSpec.Builder flag(Consumer<Boolean> target, String... names) {
    return option(boolean.class, target, names).initialValue(false);
  }

  /** An option that may be repeated. */
  public static OptionSpec.Builder texts(Consumer<List<String>> target, String... names) {
    Value<List<String>> value = new Value<>(target);
    return OptionSpec.builder(names[0], rest(names))
        .type(List.class)
        .auxiliaryTypes(String.class)
        .initialValue(List.of())
        .getter(value)
        .setter(value);
  }

  /** A parameter that must be given. */
  public static <T> PositionalParamSpec.Builder parameter(
      int index, Class<T> type, Consumer<T> target) {
    Value<T> value = new Value<>(target);
    return PositionalParamSpec.builder()
        .index(Integer.toString(index))
        .required(true)
        .type(type)
        .getter(value)
        .setter(value);
  }

  /** Adds {@code --help} and {@code --version} as {@code mixinStandardHelpOptions} has them. */
  public static void addHelp(CommandSpec spec) {
    spec.addOption(
        flag(given -> {}, "-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        flag(given -> {}, "-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
  }

  private static String[] rest(String[] names) {
    return List.of(names).subList(1, names.length).toArray(String[]::new);
  }

  /** Hands a value on to its command; picocli asks for it too. */
  private static final class Value<T> implements IGetter, ISetter {
    private final Consumer<T> target;
    private Object current;

    Value(Consumer<T> target) {
      this.target = target;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // picocli's signature
    public <V> V get() {
      return (V) current;
    }

    @Override
    @SuppressWarnings("unchecked") // picocli converts to the type that was declared with the target
    public <V> V set(V value) {
      Object previous = current;
      current = value;
      target.accept((T) value);
      return (V) previous;
    }
  }
}
