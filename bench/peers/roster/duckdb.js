// The changes between two rosters by DuckDB: node duckdb.js OLD NEW. Prints what it took without
// the time to start.
const { DuckDBInstance } = require("@duckdb/node-api");

const columns = [
  "email", "first_name", "last_name", "department", "job_title", "location", "cost_center",
  "manager", "employment_type", "start_date", "status",
];

async function main([before, after]) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const begin = process.hrtime.bigint();
  const differs = columns.map((name) => `n.${name} IS DISTINCT FROM o.${name}`).join(" OR ");
  const reader = await connection.runAndReadAll(`
    SELECT CASE WHEN o.id IS NULL THEN 'joined' WHEN n.id IS NULL THEN 'left' ELSE 'changed' END,
           n.*, o.id
    FROM read_csv('${after}', all_varchar = true) n
    FULL JOIN read_csv('${before}', all_varchar = true) o ON n.id = o.id
    WHERE n.id IS NULL OR o.id IS NULL OR ${differs}`);
  const counts = { joined: 0, changed: 0, left: 0 };
  for (const row of reader.getRows()) ++counts[row[0]];
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(JSON.stringify({ seconds, ...counts }));
}

main(process.argv.slice(2));
