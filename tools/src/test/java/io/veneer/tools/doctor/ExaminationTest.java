// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.tools.doctor.Finding.State;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said about machines that lack this or that. */
class ExaminationTest {
  private static final Set<String> EVERYTHING =
      Set.of(
          "root",
          "/dev/fuse",
          "/dev/loop-control",
          "/sys/module/nbd",
          "ext4",
          "overlay",
          "xfs",
          "btrfs",
          "mkfs.ext4",
          "containerd",
          "runc",
          "dockerd",
          "qemu-img",
          "nbd-client");

  /** A machine that has all but the things named. */
  private record MachineWithout(Set<String> things) implements Machine {
    static List<Finding> examined(String... missing) {
      Set<String> things = new HashSet<>(EVERYTHING);
      assertTrue(things.containsAll(Set.of(missing)));
      things.removeAll(Set.of(missing));
      return Examination.of(new MachineWithout(things));
    }

    @Override
    public String system() {
      return "Linux";
    }

    @Override
    public String kernel() {
      return "6.1";
    }

    @Override
    public String architecture() {
      return "amd64";
    }

    @Override
    public boolean isRoot() {
      return things.contains("root");
    }

    @Override
    public boolean exists(String path) {
      return things.contains(path);
    }

    @Override
    public boolean canUse(String devicePath) {
      return things.contains(devicePath);
    }

    @Override
    public boolean knowsFileSystem(String type) {
      return things.contains(type);
    }

    @Override
    public boolean hasProgram(String name) {
      return things.contains(name);
    }
  }

  private static Finding find(List<Finding> findings, String name) {
    return findings.stream().filter(each -> each.name().equals(name)).findAny().orElseThrow();
  }

  @Test
  void aMachineWithEverythingIsHealthy() {
    assertTrue(
        MachineWithout.examined().stream().allMatch(finding -> finding.state() == State.YES));
  }

  @Test
  void oneWayOfAttachingIsEnough() {
    List<Finding> withoutNbd = MachineWithout.examined("/sys/module/nbd");
    assertEquals(State.MISSED, find(withoutNbd, "nbd").state());
    assertTrue(find(withoutNbd, "nbd").detail().contains("not needed"));
    List<Finding> withoutFuse = MachineWithout.examined("/dev/fuse");
    assertEquals(State.MISSED, find(withoutFuse, "fuse").state());
    List<Finding> withoutBoth = MachineWithout.examined("/dev/fuse", "/sys/module/nbd");
    assertEquals(State.NO, find(withoutBoth, "fuse").state());
    assertTrue(find(withoutBoth, "fuse").detail().contains("modprobe fuse"));
  }

  @Test
  void missingProgramsAreNamedWithTheirPackage() {
    Finding program = find(MachineWithout.examined("mkfs.ext4"), "mkfs.ext4");
    assertEquals(State.NO, program.state());
    assertEquals("apt-get install e2fsprogs", program.detail());
  }

  @Test
  void thisMachineCanBeExamined() {
    assertEquals(
        MachineWithout.examined().stream().map(Finding::name).toList(),
        Examination.ofThisMachine().stream().map(Finding::name).toList());
  }
}
