// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.doctor;

import io.veneer.tools.doctor.Finding.State;
import java.util.ArrayList;
import java.util.List;

/** Looks at a machine, and changes nothing on it. */
public final class Examination {
  private final Machine machine;
  private final List<Finding> findings = new ArrayList<>();

  private Examination(Machine machine) {
    this.machine = machine;
  }

  /**
   * Looks at this machine.
   *
   * @return what was found, in an order that does not change
   */
  public static List<Finding> ofThisMachine() {
    return of(Machine.here());
  }

  static List<Finding> of(Machine machine) {
    Examination examination = new Examination(machine);
    examination.lookAtTheHost();
    examination.lookAtAttaching();
    examination.lookAtFileSystems();
    examination.lookAtPrograms();
    return List.copyOf(examination.findings);
  }

  private void lookAtTheHost() {
    boolean linux = machine.system().equals("Linux") && machine.architecture().equals("amd64");
    String system = machine.system() + " " + machine.kernel() + " on " + machine.architecture();
    add("system", linux, State.NO, system, system + ": only Linux on amd64 was tried");
    add(
        "root",
        machine.isRoot(),
        State.NO,
        "may attach and mount",
        "pools, NBD and compare work; attaching, mounting and container engines need root");
  }

  private void lookAtAttaching() {
    boolean fuse = machine.canUse("/dev/fuse");
    boolean loop = machine.canUse("/dev/loop-control");
    boolean nbd = machine.exists("/sys/module/nbd");
    add(
        "fuse",
        fuse,
        nbd ? State.MISSED : State.NO,
        "a device can be a file",
        "modprobe fuse, and let this process use /dev/fuse (a container: --device /dev/fuse)");
    add(
        "loop",
        loop,
        nbd ? State.MISSED : State.NO,
        "a file can be a block device",
        "modprobe loop, and let this process use /dev/loop-control");
    add(
        "nbd",
        nbd,
        State.MISSED,
        "the kernel can be a client of ours",
        fuse && loop
            ? "not needed: FUSE and a loop device do the same (else: modprobe nbd)"
            : "modprobe nbd, if the kernel has it");
  }

  private void lookAtFileSystems() {
    fileSystem("ext4", State.NO, "layers of the thin driver are ext4");
    fileSystem("overlay", State.MISSED, "the overlay2 driver can be mounted, to compare");
    fileSystem("xfs", State.MISSED, "devices can hold xfs");
    fileSystem("btrfs", State.MISSED, "devices can hold btrfs");
  }

  private void fileSystem(String type, State otherwise, String gives) {
    boolean known = machine.knowsFileSystem(type);
    add(type, known, otherwise, gives, "modprobe " + type + ", if the kernel has it");
  }

  private void lookAtPrograms() {
    program("mkfs.ext4", State.NO, "makes layers", "e2fsprogs");
    program("containerd", State.MISSED, "can be served with --containerd", "containerd");
    program("runc", State.MISSED, "runs containers", "runc");
    program("dockerd", State.MISSED, "up to version 27 can be served with --docker", "docker.io");
    program("qemu-img", State.MISSED, "reaches devices over NBD", "qemu-utils");
    program("nbd-client", State.MISSED, "hands an export to the kernel", "nbd-client");
  }

  private void program(String name, State otherwise, String gives, String debianPackage) {
    boolean found = machine.hasProgram(name);
    add(name, found, otherwise, gives, "apt-get install " + debianPackage);
  }

  private void add(String name, boolean there, State otherwise, String gives, String advice) {
    findings.add(new Finding(name, there ? State.YES : otherwise, there ? gives : advice));
  }
}
