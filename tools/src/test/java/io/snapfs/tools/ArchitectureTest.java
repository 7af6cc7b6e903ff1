package io.snapfs.tools;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows of the house: which module and package may use which. */
final class ArchitectureTest {
  /** The modules from the ground up; each may use those before it. */
  private static final List<String> MODULES =
      List.of("linux", "format", "gms", "fusefs", "restore", "tools");

  /** The packages of the format from the ground up, as its package-info.java lists them. */
  private static final List<String> FORMAT =
      List.of(
          "codec", "chunk", "blob", "pack", "manifest", "store", "write", "read", "unpack", "node");

  private static JavaClasses ours;

  @BeforeAll
  static void importClasses() {
    ours =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.snapfs");
  }

  @Test
  void allModulesAreLookedAt() {
    for (String module : MODULES) {
      assertTrue(
          ours.stream().anyMatch(c -> c.getPackageName().startsWith("io.snapfs." + module)),
          "no class of module " + module);
    }
  }

  @TestFactory
  List<DynamicTest> modulesUseOnlyThoseBelow() {
    return layers("io.snapfs.", MODULES);
  }

  @TestFactory
  List<DynamicTest> packagesOfTheFormatUseOnlyThoseBefore() {
    return layers("io.snapfs.format.", FORMAT);
  }

  private static List<DynamicTest> layers(String prefix, List<String> upwards) {
    return upwards.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      String[] above =
                          upwards.subList(upwards.indexOf(name) + 1, upwards.size()).stream()
                              .map(each -> prefix + each + "..")
                              .toArray(String[]::new);
                      check(
                          noClasses()
                              .that()
                              .resideInAPackage(prefix + name + "..")
                              .should()
                              .dependOnClassesThat()
                              .resideInAnyPackage(above));
                    }))
        .toList();
  }

  @Test
  void whatTheFormatSharesUsesNoneOfItsPackages() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.snapfs.format")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.snapfs.format..")
                    .and(not(resideInAPackage("io.snapfs.format")))));
  }

  @Test
  void noPackageCycles() {
    check(slices().matching("io.snapfs.(**)").should().beFreeOfCycles());
  }

  @Test
  void nativeCallsAreMadeInOnePlace() {
    check(
        noClasses()
            .that(
                resideInAPackage("io.snapfs..")
                    .and(
                        not(
                            resideInAnyPackage(
                                "io.snapfs.linux..",
                                "io.snapfs.gms.cuda..",
                                "io.snapfs.fusefs.libfuse.."))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai.jffi..", "ru.serce.."));
  }

  @Test
  void onlyTheCommandLineKnowsItsLibraries() {
    check(
        noClasses()
            .that(not(resideInAPackage("io.snapfs.tools..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "me.tongfei..", "java.util.logging.."));
  }

  @Test
  void jsonIsForTheCommandLineAndForWeightsAsFiles() {
    check(
        noClasses()
            .that(
                not(
                    resideInAnyPackage(
                        "io.snapfs.tools..", "io.snapfs.gms.weights..", "io.snapfs.gms.save..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.fasterxml.."));
  }

  @Test
  void onlyMainEndsTheProcess() {
    check(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Main.class.getName())
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
  }

  @Test
  void everyClassIsInAModule() {
    check(
        classes()
            .should()
            .resideInAnyPackage(
                MODULES.stream().map(each -> "io.snapfs." + each + "..").toArray(String[]::new)));
  }

  // A rule about a package that has no class yet holds.
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(ours);
  }
}
