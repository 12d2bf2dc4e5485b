# What `cmake --install` puts where, besides the binary: unit files that name the binary where it was
# installed, the user they run as, and the annotated examples. A configuration that is already there
# is never touched.
install(CODE "set(ROSTERD_SOURCE_DIR \"${CMAKE_SOURCE_DIR}\")")
install(CODE "set(ROSTERD_BINARY_DIR \"${CMAKE_BINARY_DIR}\")")
install(CODE "set(ROSTERD_BIN_DIR \"${CMAKE_INSTALL_BINDIR}\")")
install(SCRIPT "${CMAKE_SOURCE_DIR}/cmake/install_files.cmake")
