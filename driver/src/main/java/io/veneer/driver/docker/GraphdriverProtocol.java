// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

/**
 * Docker's protocol of graphdriver plugins, version 1: every call is {@code POST /CALL} with a JSON
 * object as its body, which may be missing, and answered with one. All names are here.
 *
 * <p>A failure is {@code {"Err": "..."}} with status 200; calls that answer a stream can only tell
 * by another status. Two calls carry an uncompressed tar: {@code Diff} as its answer, {@code
 * ApplyDiff} as its body, with the names in the query. Requests have an empty Host, no type of
 * their content, and null where a list is empty.
 */
final class GraphdriverProtocol {
  static final String MEDIA_TYPE = "application/vnd.docker.plugins.v1.2+json";
  static final String TAR_TYPE = "application/x-tar";

  /** No call but ApplyDiff has a body near this. */
  static final int JSON_BYTES_MAX = 1 << 20;

  static final String ACTIVATE = "/Plugin.Activate";
  static final String CALL_PREFIX = "/GraphDriver.";
  static final String DIFF = CALL_PREFIX + "Diff";
  static final String APPLY_DIFF = CALL_PREFIX + "ApplyDiff";

  static final String ID = "ID";
  static final String PARENT = "Parent";
  static final String MOUNT_LABEL = "MountLabel";
  static final String STORAGE_OPTIONS = "StorageOpt";
  static final String OPTIONS = "Opts";
  static final String UID_MAPS = "UIDMaps";
  static final String GID_MAPS = "GIDMaps";

  static final String QUERY_ID = "id";
  static final String QUERY_PARENT = "parent";

  static final String ERROR = "Err";
  static final String IMPLEMENTS = "Implements";
  static final String GRAPHDRIVER = "GraphDriver";
  static final String CAPABILITIES = "Capabilities";
  static final String EXACT_DIFFS = "ReproducesExactDiffs";
  static final String FOLDER = "Dir";
  static final String EXISTS = "Exists";
  static final String STATUS = "Status";
  static final String METADATA = "Metadata";
  static final String CHANGES = "Changes";
  static final String PATH = "Path";
  static final String KIND = "Kind";
  static final String SIZE = "Size";

  /** Kinds of changes. */
  static final int MODIFIED = 0;

  static final int ADDED = 1;
  static final int DELETED = 2;

  private GraphdriverProtocol() {}
}
