# Everything comes from Debian's packages (scripts/setup lists them); nothing is fetched.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(date REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)

add_library(systemd INTERFACE)
target_link_libraries(systemd INTERFACE PkgConfig::SYSTEMD)
if(NOT TARGET sqlite3)
  add_library(sqlite3 INTERFACE)
  target_link_libraries(sqlite3 INTERFACE SQLite::SQLite3)
endif()

# Asio and Beast are compiled once, in these two libraries, and nowhere else.
add_library(asio STATIC "${CMAKE_SOURCE_DIR}/cmake/asio.cpp")
target_compile_definitions(asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_DATE_TIME)
target_include_directories(asio SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})
target_link_libraries(asio PUBLIC Threads::Threads)

add_library(beast STATIC "${CMAKE_SOURCE_DIR}/cmake/beast.cpp")
target_compile_definitions(beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(beast PUBLIC asio OpenSSL::SSL OpenSSL::Crypto)
