-- The changes between two rosters by sqlite3, in memory; the files are beside.
CREATE TABLE o (id TEXT PRIMARY KEY, email, first_name, last_name, department, job_title, location,
                cost_center, manager, employment_type, start_date, status) WITHOUT ROWID;
CREATE TABLE n (id TEXT PRIMARY KEY, email, first_name, last_name, department, job_title, location,
                cost_center, manager, employment_type, start_date, status) WITHOUT ROWID;
.import --csv --skip 1 old.csv o
.import --csv --skip 1 new.csv n
CREATE TEMP TABLE change AS
SELECT CASE WHEN o.id IS NULL THEN 'joined' ELSE 'changed' END AS type, n.*
FROM n LEFT JOIN o ON o.id = n.id
WHERE o.id IS NULL
   OR (n.email, n.first_name, n.last_name, n.department, n.job_title, n.location, n.cost_center,
       n.manager, n.employment_type, n.start_date, n.status) IS NOT
      (o.email, o.first_name, o.last_name, o.department, o.job_title, o.location, o.cost_center,
       o.manager, o.employment_type, o.start_date, o.status);
INSERT INTO change (type, id) SELECT 'left', id FROM o WHERE id NOT IN (SELECT id FROM n);
SELECT json_group_object(type, number) FROM (SELECT type, count(*) AS number FROM change GROUP BY type);
