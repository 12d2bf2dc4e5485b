# Runs at install time, when the prefix is known for certain: `cmake --install DIR --prefix PREFIX`.
set(PREFIX "${CMAKE_INSTALL_PREFIX}")
set(ROSTERD_BINARY "${PREFIX}/${ROSTERD_BIN_DIR}/rosterd")
set(ROSTERD_LIBEXEC_DIR "${PREFIX}/${ROSTERD_LIBEXEC_DIR}")
set(ROSTERD_DOC_DIR "${PREFIX}/${ROSTERD_DOC_DIR}")
if(PREFIX STREQUAL "/usr")
  set(ROSTERD_CONFIG_DIR "/etc/rosterd")
else()
  set(ROSTERD_CONFIG_DIR "${PREFIX}/etc/rosterd")
endif()
set(ROSTERD_CONFIG "${ROSTERD_CONFIG_DIR}/rosterd.toml")

# fill_in(SOURCE TARGET): SOURCE with the places above in it.
set(FILLED_IN "${ROSTERD_BINARY_DIR}/filled_in")
macro(fill_in SOURCE TARGET)
  configure_file("${ROSTERD_SOURCE_DIR}/${SOURCE}" "${FILLED_IN}/${TARGET}" @ONLY)
endmacro()

fill_in(systemd/rosterd.service.in rosterd.service)
file(INSTALL
  "${FILLED_IN}/rosterd.service"
  "${ROSTERD_SOURCE_DIR}/systemd/rosterd.socket"
  "${ROSTERD_SOURCE_DIR}/systemd/rosterd-operator.socket"
  DESTINATION "${PREFIX}/lib/systemd/system")
file(INSTALL "${ROSTERD_SOURCE_DIR}/systemd/rosterd.sysusers.conf"
  DESTINATION "${PREFIX}/lib/sysusers.d" RENAME rosterd.conf)
fill_in(systemd/rosterd.tmpfiles.conf.in rosterd.tmpfiles.conf)
file(INSTALL "${FILLED_IN}/rosterd.tmpfiles.conf"
  DESTINATION "${PREFIX}/lib/tmpfiles.d" RENAME rosterd.conf)
fill_in(packaging/prepare-store.in prepare-store)
file(INSTALL "${FILLED_IN}/prepare-store" DESTINATION "${ROSTERD_LIBEXEC_DIR}"
  PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

foreach(NAME rosterd.toml policy.toml)
  if(NOT EXISTS "$ENV{DESTDIR}${ROSTERD_CONFIG_DIR}/${NAME}")
    file(INSTALL "${ROSTERD_SOURCE_DIR}/config/${NAME}" DESTINATION "${ROSTERD_CONFIG_DIR}")
  endif()
endforeach()
