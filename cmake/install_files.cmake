# Runs at install time, when the prefix is known for certain: `cmake --install DIR --prefix PREFIX`.
set(PREFIX "${CMAKE_INSTALL_PREFIX}")
set(ROSTERD_BINARY "${PREFIX}/${ROSTERD_BIN_DIR}/rosterd")
set(ROSTERD_DOC_DIR "${PREFIX}/share/doc/rosterd")
if(PREFIX STREQUAL "/usr")
  set(ROSTERD_CONFIG_DIR "/etc/rosterd")
else()
  set(ROSTERD_CONFIG_DIR "${PREFIX}/etc/rosterd")
endif()
set(ROSTERD_CONFIG "${ROSTERD_CONFIG_DIR}/rosterd.toml")

configure_file(
  "${ROSTERD_SOURCE_DIR}/systemd/rosterd.service.in"
  "${ROSTERD_BINARY_DIR}/systemd/rosterd.service" @ONLY)
file(INSTALL
  "${ROSTERD_BINARY_DIR}/systemd/rosterd.service" "${ROSTERD_SOURCE_DIR}/systemd/rosterd.socket"
  DESTINATION "${PREFIX}/lib/systemd/system")
file(INSTALL "${ROSTERD_SOURCE_DIR}/systemd/rosterd.sysusers.conf"
  DESTINATION "${PREFIX}/lib/sysusers.d" RENAME rosterd.conf)

set(EXAMPLES "${ROSTERD_SOURCE_DIR}/config/rosterd.toml" "${ROSTERD_SOURCE_DIR}/config/policy.toml")
file(INSTALL ${EXAMPLES} DESTINATION "${ROSTERD_DOC_DIR}/examples")
if(EXISTS "${ROSTERD_SOURCE_DIR}/README.md")
  file(INSTALL "${ROSTERD_SOURCE_DIR}/README.md" DESTINATION "${ROSTERD_DOC_DIR}")
endif()
foreach(EXAMPLE IN LISTS EXAMPLES)
  get_filename_component(NAME "${EXAMPLE}" NAME)
  if(NOT EXISTS "$ENV{DESTDIR}${ROSTERD_CONFIG_DIR}/${NAME}")
    file(INSTALL "${EXAMPLE}" DESTINATION "${ROSTERD_CONFIG_DIR}")
  endif()
endforeach()
