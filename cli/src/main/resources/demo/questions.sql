-- Is every row there once? (Carrier, flight number and scheduled hour tell flights apart.)
SELECT COUNT(*) AS flights, COUNT(DISTINCT carrier || ' ' || CAST(flight AS STRING) || ' ' || CAST(time_hour AS STRING)) AS different
FROM demo.flights;

-- Who is late?
SELECT carrier, COUNT(*) AS flights, COUNT(dep_delay) AS departed, SUM(CAST(dep_delay AS BIGINT)) AS delay_minutes,
  ROUND(AVG(CAST(dep_delay AS DOUBLE)), 1) AS avg_delay
FROM demo.flights GROUP BY carrier ORDER BY avg_delay DESC;

-- The newest rows.
SELECT time_hour, carrier, flight, origin, dest, dep_delay
FROM demo.flights ORDER BY time_hour DESC, carrier, flight LIMIT 5;
