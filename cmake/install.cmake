# What `cmake --install` puts where, besides the binary and its manual: unit files that name the
# binary where it was installed, the user they run as, annotated examples, alert rules and a
# dashboard. A configuration that is already there is never touched.
include(manual)

set(DATA_DIR "${CMAKE_INSTALL_DATADIR}/rosterd")
install(FILES "${CMAKE_SOURCE_DIR}/docs/prometheus/rosterd.rules.yml"
  DESTINATION "${DATA_DIR}/prometheus")
install(FILES "${CMAKE_SOURCE_DIR}/docs/grafana/rosterd.json" DESTINATION "${DATA_DIR}/grafana")

file(GLOB DOCUMENTS CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/docs/*.md")
install(FILES "${CMAKE_SOURCE_DIR}/README.md" ${DOCUMENTS} DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${CMAKE_SOURCE_DIR}/config/rosterd.toml" "${CMAKE_SOURCE_DIR}/config/policy.toml"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")
install(DIRECTORY "${CMAKE_SOURCE_DIR}/config/demo" DESTINATION "${CMAKE_INSTALL_DOCDIR}/examples")

install(CODE "set(ROSTERD_SOURCE_DIR \"${CMAKE_SOURCE_DIR}\")")
install(CODE "set(ROSTERD_BINARY_DIR \"${CMAKE_BINARY_DIR}\")")
install(CODE "set(ROSTERD_BIN_DIR \"${CMAKE_INSTALL_BINDIR}\")")
install(CODE "set(ROSTERD_LIBEXEC_DIR \"${CMAKE_INSTALL_LIBEXECDIR}/rosterd\")")
install(CODE "set(ROSTERD_DOC_DIR \"${CMAKE_INSTALL_DOCDIR}\")")
install(SCRIPT "${CMAKE_SOURCE_DIR}/cmake/install_files.cmake")
