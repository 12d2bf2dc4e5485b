# Pages and completions that are made of other things, so that they cannot say anything else:
# rosterd(1) and the completions of what the program itself prints, the pages of section 5 of the
# annotated examples in config/.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(MANUAL_SOURCES "${CMAKE_SOURCE_DIR}/docs/man")
set(MANUAL_DIR "${CMAKE_BINARY_DIR}/man")
set(COMPLETION_DIR "${CMAKE_BINARY_DIR}/completions")
file(MAKE_DIRECTORY "${MANUAL_DIR}" "${COMPLETION_DIR}")
set(MADE "")

# settings_page(EXAMPLE NAME WHAT): the page NAME(5) of config/EXAMPLE.
function(settings_page EXAMPLE NAME WHAT)
  set(PAGE "${MANUAL_DIR}/${NAME}.5")
  add_custom_command(
    OUTPUT "${PAGE}" "${PAGE}.gz"
    COMMAND Python3::Interpreter -B "${MANUAL_SOURCES}/settings_page.py"
      "${CMAKE_SOURCE_DIR}/config/${EXAMPLE}" "${NAME}" "${WHAT}" "${PROJECT_VERSION}" "${PAGE}"
    DEPENDS "${MANUAL_SOURCES}/settings_page.py" "${MANUAL_SOURCES}/roff.py"
      "${CMAKE_SOURCE_DIR}/config/${EXAMPLE}"
    COMMENT "Making ${NAME}(5)" VERBATIM)
  install(FILES "${PAGE}.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man5")
  set(MADE "${MADE};${PAGE}" PARENT_SCOPE)
endfunction()

settings_page(rosterd.toml rosterd.toml "rosterd's configuration")
settings_page(policy.toml rosterd-policy.toml "rosterd's policy: who gets what")

if(TARGET rosterd)
  set(PAGE "${MANUAL_DIR}/rosterd.1")
  add_custom_command(
    OUTPUT "${PAGE}" "${PAGE}.gz"
    COMMAND Python3::Interpreter -B "${MANUAL_SOURCES}/command_page.py"
      "$<TARGET_FILE:rosterd>" "${MANUAL_SOURCES}/rosterd.1.in" "${PROJECT_VERSION}" "${PAGE}"
    DEPENDS rosterd "${MANUAL_SOURCES}/command_page.py" "${MANUAL_SOURCES}/roff.py"
      "${MANUAL_SOURCES}/rosterd.1.in"
    COMMENT "Making rosterd(1)" VERBATIM)
  install(FILES "${PAGE}.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  list(APPEND MADE "${PAGE}")

  # completion(SHELL FILE FOLDER): where that shell looks by itself.
  function(completion SHELL FILE FOLDER)
    set(SCRIPT "${COMPLETION_DIR}/${FILE}")
    add_custom_command(
      OUTPUT "${SCRIPT}"
      COMMAND "$<TARGET_FILE:rosterd>" completion ${SHELL} > "${SCRIPT}"
      DEPENDS rosterd
      COMMENT "Making the completion for ${SHELL}" VERBATIM)
    install(FILES "${SCRIPT}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${FOLDER}")
    set(MADE "${MADE};${SCRIPT}" PARENT_SCOPE)
  endfunction()
  completion(bash rosterd bash-completion/completions)
  completion(zsh _rosterd zsh/vendor-completions)
  completion(fish rosterd.fish fish/vendor_completions.d)
endif()

add_custom_target(manual ALL DEPENDS ${MADE})
