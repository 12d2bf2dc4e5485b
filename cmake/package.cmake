# A package for Debian: `cpack` in the build folder. The control scripts are in packaging/debian.
set(CPACK_GENERATOR DEB)
set(CPACK_SOURCE_GENERATOR "")
set(CPACK_PACKAGE_NAME rosterd)
set(CPACK_PACKAGE_VENDOR "rosterd maintainers")
set(CPACK_PACKAGE_CONTACT "rosterd maintainers <maintainers@rosterd.invalid>" CACHE STRING
  "Who answers for the package, as NAME <ADDRESS>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps an Auth0 tenant's groups and roles in step with HR")
set(CPACK_STRIP_FILES ON)
# Absolute places below /etc are part of the package, too.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)

set(DEBIAN_DIR "${CMAKE_SOURCE_DIR}/packaging/debian")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
string(CONCAT CPACK_DEBIAN_PACKAGE_DEPENDS
  "ca-certificates, tzdata, passwd, systemd | systemd-standalone-sysusers, "
  "systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${DEBIAN_DIR}/conffiles" "${DEBIAN_DIR}/postinst" "${DEBIAN_DIR}/prerm" "${DEBIAN_DIR}/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Change events from an HR system come in by signed webhook or CSV file, are
kept in SQLite before anyone is told that they were accepted, and become
assignments of groups and roles in the Authorization Extension of an Auth0
tenant, by the rules of a policy. What was written is read back, what failed
is tried again, and what would remove too much waits for a person.")

# What Debian wants to have beside the program is in a component of its own, which `cmake --install`
# leaves out.
set(PACKAGED "${CMAKE_BINARY_DIR}/packaged")
string(TIMESTAMP ROSTERD_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file("${DEBIAN_DIR}/changelog.in" "${PACKAGED}/changelog.Debian" @ONLY)
configure_file("${CMAKE_SOURCE_DIR}/CHANGELOG.md" "${PACKAGED}/changelog" COPYONLY)
foreach(NAME changelog changelog.Debian)
  execute_process(COMMAND gzip --best --no-name --force --keep "${PACKAGED}/${NAME}"
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(
  FILES "${PACKAGED}/changelog.gz" "${PACKAGED}/changelog.Debian.gz"
    "${DEBIAN_DIR}/copyright" "${DEBIAN_DIR}/README.Debian"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT debian EXCLUDE_FROM_ALL)
set(CPACK_INSTALL_CMAKE_PROJECTS
  "${CMAKE_BINARY_DIR};rosterd;ALL;/;${CMAKE_BINARY_DIR};rosterd;debian;/")

include(CPack)
