SELECT sync_rows.day, sync_rows.branch_id, sync_rows.module, sync_rows.app, sum(sync_rows.delay_min) AS sync_delay_sum, count(CASE WHEN true THEN 1 END) AS sync_links, 0 AS set_number
FROM (SELECT sync_facts.point_day AS day, coalesce('', '') AS module, coalesce('', '') AS app, coalesce('', '') AS channel, coalesce('', '') AS tier, coalesce('', '') AS age_band, coalesce('', '') AS new_user, coalesce('', '') AS branch_id, sync_facts.link AS link, sync_facts.delay_min AS delay_min
FROM (SELECT sync_day.day AS day, sync_day.link AS link, sync_day.delay_min AS delay_min, sync_day.day AS point_day
FROM sync_day
WHERE sync_day.day BETWEEN '2026-03-01' AND '2026-03-31') AS sync_facts) AS sync_rows GROUP BY sync_rows.day, sync_rows.branch_id, sync_rows.module, sync_rows.app
