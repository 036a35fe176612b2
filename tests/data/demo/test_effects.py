"""Each planted effect, worked out again from the rows, is what the truth says."""

from __future__ import annotations

from typing import Any

import pytest
from pytest import approx

from tests.data.demo.bank import Bank

NEW = """SELECT user_id, branch_id, channel, registered_at, CAST(registered_at + INTERVAL
    8 HOUR AS DATE) AS r FROM dim_user"""
ACTIVE_DAYS = "SELECT DISTINCT user_id, d FROM acted WHERE user_id IS NOT NULL"


def _period(bank: Bank, name: str) -> str:
    effect = bank.truth.effects[name]
    return f"BETWEEN DATE '{effect.start}' AND DATE '{effect.stop}'"


def test_every_effect_of_the_plan_is_planted(bank: Bank) -> None:
    assert set(bank.truth.effects) == {
        "activation_redesign", "leak_travel", "leak_healthcare", "leak_government",
        "little_used_module", "stuck_step", "campaign_lift", "campaign_no_lift",
        "unreviewed_campaigns", "fraud_burst", "outage", "gamed_registrations", "ab_effect",
        "ab_no_effect", "ab_broken_split", "competitor_release", "data_leak",
    }  # fmt: skip


def test_activation_redesign(bank: Bank) -> None:
    size: dict[str, Any] = bank.size("activation_redesign")
    found = bank.ask(f"""
        WITH n AS ({NEW}),
        o AS (SELECT user_id, min(occurred_at) AS o FROM event WHERE action = 'offer_seen' GROUP
        BY 1),
        f AS (SELECT user_id, min(occurred_at) AS f FROM event WHERE action = 'task_finish' GROUP
        BY 1),
        w AS (SELECT branch_id, started_on FROM rollout WHERE rollout_id = 'activation_redesign')
        SELECT coalesce(r >= w.started_on, FALSE) AS treated, count(*) AS n,
            count(*) FILTER (phone_verified_at < n.registered_at + INTERVAL 7 DAY
                AND o < n.registered_at + INTERVAL 7 DAY AND f < n.registered_at + INTERVAL 7 DAY)
                AS done
        FROM n JOIN (SELECT user_id, phone_verified_at FROM dim_user) p USING (user_id)
        LEFT JOIN o USING (user_id) LEFT JOIN f USING (user_id)
        LEFT JOIN w ON w.branch_id = n.branch_id[:3]
        WHERE r {_period(bank, "activation_redesign")} GROUP BY 1 ORDER BY 1""")
    for place, arm in enumerate(("untreated", "treated")):
        assert found["n"][place] == size[arm]["new_users"]
        assert found["done"][place] == size[arm]["activated"]
    assert 5 < size["difference_pp"] < 15


@pytest.mark.parametrize("module", ["travel", "healthcare", "government"])
@pytest.mark.parametrize("age", [1, 7, 30])
def test_leaking_scenes(bank: Bank, module: str, age: int) -> None:
    size: dict[str, Any] = bank.size(f"leak_{module}")[f"d{age}"]
    found = bank.ask(f"""
        WITH n AS ({NEW}), a AS ({ACTIVE_DAYS}),
        m AS (SELECT user_id, first(module ORDER BY occurred_at, event_id) AS module
            FROM acted JOIN n USING (user_id) WHERE d = r AND module IS NOT NULL GROUP BY 1)
        SELECT m.module AS module, count(*) AS n, count(a.d) AS back
        FROM n JOIN m USING (user_id) LEFT JOIN a ON a.user_id = n.user_id AND a.d = r + {age}
        WHERE r + {age} <= DATE '{bank.truth.until}' GROUP BY 1""").set_index("module")
    rest = found.drop(["travel", "healthcare", "government"]).sum()
    assert found["n"][module] == size["new_users"]
    assert 100 * found["back"][module] / found["n"][module] == approx(size["rate_pct"], abs=1e-5)
    assert 100 * rest["back"] / rest["n"] == approx(size["others_rate_pct"], abs=1e-5)
    assert size["difference_pp"] < 0


def test_little_used_module(bank: Bank) -> None:
    size: dict[str, Any] = bank.size("little_used_module")
    users = (
        f"SELECT count(DISTINCT user_id) FROM acted WHERE d {_period(bank, 'little_used_module')}"
    )
    assert bank.one(users) == size["active_users"]
    assert bank.one(f"{users} AND module = 'bill_payment'") == size["ever_used"]
    assert size["never_used_pct"] == approx(80, abs=1.5)
    for module in ("transfer", "account", "qr_payment"):
        assert bank.one(f"{users} AND module = '{module}'") > 0.7 * size["active_users"]


def test_stuck_step(bank: Bank) -> None:
    size: dict[str, Any] = bank.size("stuck_step")
    found = bank.ask("""
        WITH t AS (SELECT task_id, bool_or(page = 'insurance.health') AS there,
            bool_or(action = 'task_finish') AS done FROM event WHERE task_id IS NOT NULL GROUP BY 1)
        SELECT count(*) AS reached, count(*) FILTER (NOT done) AS gave_up FROM t WHERE there""")
    assert found["reached"][0] == size["reached"]
    assert found["gave_up"][0] == size["gave_up"]
    assert size["gave_up_pct"] == approx(60, abs=3)


@pytest.mark.parametrize(("name", "lift"), [("campaign_lift", 2.0), ("campaign_no_lift", 0.0)])
def test_campaigns(bank: Bank, name: str, lift: float) -> None:
    effect = bank.truth.effects[name]
    found = bank.ask(f"""
        WITH f AS (SELECT arm, m.user_id, coalesce(sum(fee_cny) FILTER (status = 'success'), 0) AS
        fee
            FROM campaign_member m LEFT JOIN txn t ON t.user_id = m.user_id
                AND t.occurred_at >= assigned_at AND t.occurred_at < assigned_at + INTERVAL 30 DAY
            WHERE campaign_id = '{effect.where["campaign_id"]}' GROUP BY ALL)
        SELECT arm, count(*) AS n, avg(fee) AS fee FROM f GROUP BY 1 ORDER BY 1""")
    assert found["n"].tolist() == [effect.size["holdout"], effect.size["treated"]]
    shown = float(found["fee"][1] - found["fee"][0])
    assert shown == approx(effect.size["lift_cny_a_user"], abs=1e-5)
    assert shown == approx(lift, abs=0.02)
    spent = bank.one(
        f"SELECT sum(spent_cny) FROM spend WHERE campaign_id = '{effect.where['campaign_id']}'"
    )
    assert spent == approx(effect.size["spend_cny"], abs=0.02)


def test_unreviewed_campaigns(bank: Bank) -> None:
    where: dict[str, Any] = bank.truth.effects["unreviewed_campaigns"].where
    found = bank.ask("SELECT campaign_id FROM dim_campaign WHERE compliance_reviewed_at IS NULL")
    assert sorted(found["campaign_id"]) == sorted(where["campaign_ids"])


def test_fraud_burst(bank: Bank) -> None:
    effect = bank.truth.effects["fraud_burst"]
    found = bank.ask(f"""
        SELECT count(*) AS n, count(*) FILTER (fraud) AS fraud, sum(loss_cny) FILTER (fraud) AS
        loss,
            count(*) FILTER (fraud AND status = 'blocked') AS blocked FROM txn
        WHERE CAST(occurred_at + INTERVAL 8 HOUR AS DATE) {_period(bank, "fraud_burst")}
            AND module = '{effect.where["module"]}' AND branch_id =
            '{effect.where["branch_id"]}'""")
    assert found["n"][0] == effect.size["transactions"]
    assert found["fraud"][0] == effect.size["fraud"]
    assert found["blocked"][0] == effect.size["blocked"]
    assert float(found["loss"][0]) == approx(effect.size["loss_cny"])
    assert effect.size["fraud"] >= 10


def test_outage(bank: Bank) -> None:
    effect = bank.truth.effects["outage"]
    low, high = effect.where["hours"]
    found = bank.ask(f"""
        SELECT sum(minutes) AS minutes, sum(good_minutes) AS good, sum(calls) AS calls,
        sum(errors) AS errors
        FROM api_interval WHERE module = '{effect.where["module"]}'
            AND start + INTERVAL 8 HOUR >= TIMESTAMP '{effect.start}' + INTERVAL {low} HOUR
            AND start + INTERVAL 8 HOUR < TIMESTAMP '{effect.start}' + INTERVAL {high} HOUR""")
    assert [int(found[name][0]) for name in ("minutes", "good", "calls", "errors")] == list(
        effect.size.values()
    )


def test_gamed_registrations(bank: Bank) -> None:
    effect = bank.truth.effects["gamed_registrations"]
    found = bank.ask(f"""
        WITH n AS ({NEW}), a AS ({ACTIVE_DAYS})
        SELECT count(DISTINCT n.user_id) AS n, count(a.d) AS again
        FROM n LEFT JOIN a ON a.user_id = n.user_id AND a.d > r
        WHERE branch_id = '{effect.where["branch_id"]}' AND channel = 'partner'
            AND r {_period(bank, "gamed_registrations")}""")
    assert found["n"][0] == effect.size["registrations"] >= 5
    assert found["again"][0] == effect.size["active_again"] == 0


@pytest.mark.parametrize("name", ["ab_effect", "ab_no_effect", "ab_broken_split"])
def test_experiments(bank: Bank, name: str) -> None:
    effect = bank.truth.effects[name]
    found = bank.ask(f"""
        WITH f AS (SELECT x.user_id, variant, count(e.event_id) > 0 AS done
            FROM exposure x LEFT JOIN event e ON e.user_id = x.user_id AND e.module = 'transfer'
                AND e.action = 'task_finish' AND e.occurred_at >= exposed_at
                AND e.occurred_at < exposed_at + INTERVAL 14 DAY
            WHERE experiment_id = '{effect.where["experiment_id"]}' GROUP BY ALL)
        SELECT variant, count(*) AS n, count(*) FILTER (done) AS done FROM f GROUP BY
        1""").set_index("variant")
    for arm in ("control", "treatment"):
        assert found["n"][arm] == effect.size[arm]["users"]
        assert found["done"][arm] == effect.size[arm]["outcomes"]
    n = found["n"].tolist()
    surprise = (n[0] - n[1]) ** 2 / sum(n)  # chi-square of the split
    assert surprise > 15 if name == "ab_broken_split" else surprise < 1e-9
    planned = {"ab_effect": 6.0, "ab_no_effect": 0.0}.get(name)
    assert planned is None or effect.size["difference_pp"] == approx(planned, abs=0.5)


def test_experiment_arms_were_alike_before(bank: Bank) -> None:
    before = bank.ask(f"""
        WITH a AS ({ACTIVE_DAYS})
        SELECT variant, count(a.d) / count(DISTINCT x.user_id) AS days
        FROM exposure x JOIN dim_user USING (user_id) LEFT JOIN a ON a.user_id = x.user_id
            AND a.d < DATE '{bank.truth.effects["ab_effect"].start}'
            AND a.d >= DATE '{bank.truth.effects["ab_effect"].start}' - 30
        WHERE experiment_id = 'X0001' GROUP BY 1""").set_index("variant")["days"]
    assert before["treatment"] == approx(before["control"], rel=0.05)


def test_competitor_release(bank: Bank) -> None:
    effect = bank.truth.effects["competitor_release"]
    during, before = (
        _period(bank, effect.name),
        f"BETWEEN DATE '{effect.start}' - 28 AND DATE '{effect.start}' - 1",
    )
    for period, suffix in ((during, ""), (before, "_28_days_before")):
        found = bank.ask(f"""SELECT avg(search_index) AS s, sum(own_mentions) AS o,
            sum(own_mentions + peer_mentions) AS a FROM brand_day WHERE day {period}""")
        assert found["s"][0] == approx(effect.size[f"search_index{suffix}"], abs=1e-3)
        voice = 100 * found["o"][0] / found["a"][0]
        assert voice == approx(effect.size[f"share_of_voice{suffix}_pct"], abs=1e-5)
    assert effect.size["search_index"] < 0.92 * effect.size["search_index_28_days_before"]
    released = f"""SELECT count(*) FROM competitor_release WHERE released_on = DATE
        '{effect.start}' AND competitor = 'peer_a'"""
    assert bank.one(released) == 1


def test_one_data_leak(bank: Bank) -> None:
    found = bank.ask(
        """SELECT CAST(occurred_at + INTERVAL 8 HOUR AS DATE) AS d FROM risk_event WHERE
            class = 'data_leak'"""
    )
    assert found["d"].dt.strftime("%Y-%m-%d").tolist() == [bank.truth.effects["data_leak"].start]
