SELECT finding_late_rows.day, finding_late_rows.branch_id, finding_late_rows.module, finding_late_rows.app, count(CASE WHEN true THEN 1 END) AS findings_late_closed_total, 0 AS set_number
FROM (SELECT finding_late_facts.point_day AS day, coalesce('', '') AS module, coalesce('', '') AS app, coalesce('', '') AS channel, coalesce('', '') AS tier, coalesce('', '') AS age_band, coalesce('', '') AS new_user, coalesce(finding_late_facts.branch_id, '') AS branch_id
FROM (SELECT compliance_check.rectified_on AS point_day, compliance_check.branch_id AS branch_id
FROM compliance_check
WHERE compliance_check.rectified_on > compliance_check.due_on AND compliance_check.rectified_on BETWEEN '2026-03-01' AND '2026-03-31') AS finding_late_facts) AS finding_late_rows GROUP BY finding_late_rows.day, finding_late_rows.branch_id, finding_late_rows.module, finding_late_rows.app
