# rosterd_embed(TARGET FUNCTION HEADER PATTERN…)
#
# Compiles the files that match the patterns, relative to the source tree, into TARGET as FUNCTION,
# which HEADER declares: a list of {name, text}, sorted by name. So the one binary carries its
# migrations and its page.
function(rosterd_embed TARGET FUNCTION HEADER)
  if(NOT TARGET ${TARGET})
    return()
  endif()
  get_target_property(KIND ${TARGET} TYPE)
  if(KIND STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  set(FILES "")
  foreach(PATTERN IN LISTS ARGN)
    file(GLOB MATCHING CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${PATTERN}")
    list(APPEND FILES ${MATCHING})
  endforeach()
  list(SORT FILES)
  set(ROWS "")
  foreach(FILE IN LISTS FILES)
    get_filename_component(FILE_NAME "${FILE}" NAME)
    file(READ "${FILE}" TEXT)
    string(APPEND ROWS "    {\"${FILE_NAME}\", R\"embedded(${TEXT})embedded\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${FILE}")
  endforeach()
  set(OUT "${CMAKE_BINARY_DIR}/embedded/${TARGET}.cpp")
  file(CONFIGURE OUTPUT "${OUT}" CONTENT
"#include \"${HEADER}\"

decltype(${FUNCTION}()) ${FUNCTION}() {
  return {
@ROWS@  };
}
" @ONLY)
  target_sources(${TARGET} PRIVATE "${OUT}")
endfunction()
