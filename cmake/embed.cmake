# rosterd_embed(LAYER DIR PATTERN)
#
# Compiles the files of DIR that match PATTERN into LAYER as `rosterd::embedded_files()`, sorted by
# name, so that the one binary carries its migrations.
function(rosterd_embed LAYER DIR PATTERN)
  string(REPLACE "/" "_" SUFFIX "${LAYER}")
  if(NOT TARGET rosterd_${SUFFIX})
    return()
  endif()
  get_target_property(KIND rosterd_${SUFFIX} TYPE)
  if(KIND STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  file(GLOB FILES CONFIGURE_DEPENDS "${DIR}/${PATTERN}")
  list(SORT FILES)
  set(ROWS "")
  foreach(FILE IN LISTS FILES)
    get_filename_component(FILE_NAME "${FILE}" NAME)
    file(READ "${FILE}" TEXT)
    string(APPEND ROWS "    {\"${FILE_NAME}\", R\"embedded(${TEXT})embedded\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${FILE}")
  endforeach()
  set(OUT "${CMAKE_BINARY_DIR}/embedded/${SUFFIX}.cpp")
  file(CONFIGURE OUTPUT "${OUT}" CONTENT
"#include \"adapters/sqlite/embedded_files.hpp\"

namespace rosterd::sqlite {
std::vector<EmbeddedFile> embedded_files() {
  return {
@ROWS@  };
}
}  // namespace rosterd::sqlite
" @ONLY)
  target_sources(rosterd_${SUFFIX} PRIVATE "${OUT}")
endfunction()
