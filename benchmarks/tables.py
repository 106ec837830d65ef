"""Write the README's tables of results from the files that hold them; the tests compare.

python -m benchmarks.tables
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import ablations, batch, doubts, live, load, pens, photos, soak, speed, training
from lenet import checkpoint
from lenet.settings import CHECKPOINTS, DEFAULT_CHECKPOINT, TRAIN_PREFIX, VISIT_PREFIX, Limits, Visits
from lenet.training.datasets import SOURCES
from lenet.training.recipes import RECIPES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

BEGIN, END = "<!-- {}: python -m benchmarks.tables -->\n", "<!-- end of {} -->"


def results() -> str:
    """Each checkpoint's numbers beside those that its document prints. The training loss is the last epoch's."""
    lines = [
        "| checkpoint | parameters | epochs | training loss | validation | test accuracy | the document's own |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in checkpoint.names(CHECKPOINTS):
        lines.append("| " + " | ".join([name, *result_row(checkpoint.load(CHECKPOINTS / name).metrics)]) + " |")
    return "\n".join(lines)


def result_row(metrics: dict[str, Any]) -> list[str]:
    documented, validation = metrics["recipe"]["documented"], metrics["validation"]
    said = [f"{name} {value}" for name, value in documented.items() if name != "dataset"]
    return [
        f"{metrics['parameters']:,}",
        str(len(metrics["epochs"])),
        f"{metrics['epochs'][-1]['train']['loss']:.3f}",
        f"{validation['accuracy']:.4f}" if validation else "none held out",
        f"{metrics['test']['accuracy']:.4f}",
        ", ".join(said) if documented.get("dataset") == metrics["dataset"] and is_documented(metrics) else "",
    ]


def is_documented(metrics: dict[str, Any]) -> bool:
    """Whether the network is built as the recipe's document has it."""
    recipe = metrics["command"].split("--recipe ")[1].split()[0]
    return bool(metrics["recipe"]["model"] == json.loads(json.dumps(asdict(RECIPES[recipe].model))))


def exercises() -> str:
    """What each knob of the exercises does."""
    return ablations.table(json.loads(ablations.RESULTS.read_text(encoding="utf-8")))


def strokes() -> str:
    """How many real pen strokes each digits' checkpoint reads."""
    measured = json.loads(pens.RESULTS.read_text(encoding="utf-8"))
    widths = " | ".join(f"pen of {width}" for width in pens.PENS)
    lines = [f"| checkpoint | {widths} | all |", "|---" * (len(pens.PENS) + 2) + "|"]
    for name in checkpoint.names(CHECKPOINTS):
        if name in measured:
            row = measured[name]
            cells = [f"{row['by_pen'][str(width)]:.3f}" for width in pens.PENS]
            lines.append(f"| {name} | {' | '.join(cells)} | {row['accuracy']:.3f} |")
    return "\n".join(lines)


def doubted() -> str:
    """How often each checkpoint doubts what it should doubt, and what it should not."""
    measured = json.loads(doubts.RESULTS.read_text(encoding="utf-8"))
    lines = [
        "| checkpoint | letters in Hershey's fonts | printed letters | scribbles | the other kind of picture | "
        "its own test pictures | strangers' pen strokes |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in measured.items():
        (other,) = [share for title, share in row.items() if title.endswith("on the pad")]
        alarms = row.get("strangers' pen strokes")
        caught = (row["Hershey letters"], row["printed letters"], row["scribbles"], other)
        cells = [*(f"{share:.1%}" for share in caught), f"{row['its test pictures']:.2%}"]
        lines.append(f"| {name} | {' | '.join(cells)} | {'' if alarms is None else f'{alarms:.2%}'} |")
    return "\n".join(lines)


def photographed() -> str:
    """How many photos of each scene are read, by the constants alone and with the finder."""
    measured = json.loads(photos.RESULTS.read_text(encoding="utf-8"))
    lines = []
    for kind, networks in photos.NETWORKS.items():
        heads = " | ".join(f"{column} {way}" for column in (*networks, "blank:") for way in photos.WAYS)
        lines += [f"| {kind}s | {heads} |", "|---" * (2 * len(networks) + 3) + "|"]
        rows = measured[kind] | {"all": photos.mean(measured[kind])}
        for scene, row in rows.items():
            cells = [f"{row[way][column]:.2f}" for column in (*networks, "blank") for way in photos.WAYS]
            lines.append(f"| {scene} | {' | '.join(cells)} |")
        lines.append("")
    best, count = photos.NETWORKS["garment"][0], measured["shown"] * len(measured["garment"])
    share = photos.mean(measured["garment"])["finder"][best]
    error = (share * (1 - share) / count) ** 0.5
    lines.append(f"Each scene has {measured['shown']} photos of something and {measured['blank']} of nothing.")
    lines.append(f"{best} reads {share:.1%} of {count:,} garments; the standard error is {100 * error:.2f} points.")
    several = measured["several"]
    lines.append(f"Of numbers of two to four digits, {several['split']:.0%} are split into their digits, and")
    lines.append(f"{several['read']:.0%} are read without a mistake ({photos.NETWORKS['digit'][0]}).")
    whole = [
        f"{name} reads {checkpoint.read_metrics(CHECKPOINTS / name)['test']['accuracy']:.1%}"
        for names in photos.NETWORKS.values()
        for name in names
    ]
    lines.append(f"Of the test pictures themselves, not photographed, {', '.join(whole)}.")
    return "\n".join(lines)


def speeds() -> str:
    """This trainer beside the textbook's loop."""
    measured = json.loads(speed.RESULTS.read_text(encoding="utf-8"))
    rates = measured["classic_examples_per_second"]
    best = max(rate for name, rate in rates.items() if name != "ours")
    lines = [
        f"| on {measured['cores']} cores | textbook loop | LeNet Lab | ratio |",
        "|---|---|---|---|",
        f"| classic, examples a second | {best:,} | {rates['ours']:,} | {measured['classic_ratio']:.1f} |",
    ]
    for name, row in measured["time_to_accuracy"].items():
        lines.append(
            f"| seconds to {row['target']} on {SOURCES[name].title}, everything counted | {row['textbook_seconds']} "
            f"| {row['seconds']} (modern-small, epochs: {row['epochs']}) | {row['ratio']:.1f} |"
        )
    shares = {name: row["share"] for name, row in measured["peak"].items()}
    lines.append(
        f"| share of the machine's matmul rate | | classic {shares['classic']:.2f}, modern {shares['modern']:.2f} | |"
    )
    return "\n".join(lines)


def pace() -> str:
    """How the page follows the pen, near its server and far from it."""
    measured = json.loads(live.RESULTS.read_text(encoding="utf-8"))
    lines = [
        "| network | delay | pen moves -> maps painted, median | 95 % | updates a second | pen up -> last maps "
        "| stock Sketchpad, pen up -> label |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, delay, row in [
        *((DEFAULT_CHECKPOINT, delay, measured[str(delay)]) for delay in live.DELAYS),
        (live.LARGE, 0, measured[live.LARGE]),
    ]:
        stock = f"{row['stock_pen_up']} ms, {row['ratio']:.0f} times as long" if "ratio" in row else ""
        moves = f"{row['p50']} ms | {row['p95']} ms | {row['updates']}"
        lines.append(f"| {name} | {delay} ms | {moves} | {row['pen_up']} ms | {stock} |")
    return "\n".join(lines)


def crowds() -> str:
    """What many visitors at once see of the server."""
    measured = json.loads(load.RESULTS.read_text(encoding="utf-8"))["crowds"]
    busy = any(seen["load_before"] >= 1 for seen in measured.values())
    lines = [
        f"| visitors, {load.VISIT} s{', machine in use' if busy else ''} | answers | errors, crossed, lost "
        "| wait, median and 95 % | asked to come again | their answer after the rest, median and 95 % | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for visitors, seen in measured.items():
        faults = ", ".join(str(seen[name]) for name in ("errors", "crossed", "lost"))
        late = f"{seen['with_polite_waits_p50_s']} s, {seen['with_polite_waits_p95_s']} s"
        lines.append(
            f"| {int(visitors):,} | {seen['answers']:,} | {faults} | {seen['p50_ms']:.0f} ms, {seen['p95_ms']:.0f} ms "
            f"| {seen['put_off']:,} | {late} | {seen['memory_mb']} to {seen['memory_after_mb']} MB |"
        )
    return "\n".join(lines)


def serving() -> str:
    """The server for long and without pause, and what a first visit brings."""
    rates = json.loads(load.RESULTS.read_text(encoding="utf-8"))["answers_a_second"]
    brought = json.loads(live.RESULTS.read_text(encoding="utf-8"))["first_visit_kb"]
    return "\n".join(
        [
            "| what | measured |",
            "|---|---|",
            soak_line(json.loads(soak.RESULTS.read_text(encoding="utf-8"))),
            f"| answers a second to {load.CLIENTS} clients who ask without pause | {rates['page']}; "
            f"a stock gr.Interface with the same network {rates['stock']}: {rates['ratio']} times as many |",
            f"| a first visit with one drawing, beyond gradio's own files | {brought['all']:.0f} KB, "
            f"of which the network's weights {brought['networks']:.0f} KB |",
        ]
    )


def soak_line(measured: dict[str, Any]) -> str:
    """What the server holds for long."""
    first, last = measured["held"][0], measured["held"][-1]
    return (
        f"| {measured['minutes']:.0f} minutes of visitors, photos, hostile files, dropped connections and trainings | "
        f"memory {first['megabytes']:.0f} MB before, {last['megabytes']:.0f} MB after; threads {first['threads']}, "
        f"{last['threads']}; open files {first['open_files']}, {last['open_files']} |"
    )


def batches() -> str:
    """How many pictures the command line answers in a second."""
    measured = json.loads(batch.RESULTS.read_text(encoding="utf-8"))
    rates, ratios, work = (measured[name] for name in ("pictures_a_second", "ratios", "processor_seconds"))
    shared = "" if measured["load_before"] < 1 else ", which other programs used too"
    lines = [
        f"| {measured['pictures']:,} pictures on {measured['cores']} cores{shared} | pictures a second | in batches "
        "| processor seconds |",
        "|---|---|---|---|",
    ]
    for way, ratio in ratios.items():
        lines.append(f"| {way} | {rates[way]:,} | {ratio:,} times as many | {work.get(way, '')} |")
    return "\n".join([*lines, f"| in batches | {rates['in batches']:,} | | {work['in batches']} |"])


def trained() -> str:
    """Training in the page beside train.py, scrubbing through one, and what many trainings leave."""
    measured = json.loads(training.RESULTS.read_text(encoding="utf-8"))
    rates, waits = measured["examples_a_second"], measured["answer_at_rest_ms"]
    before, after = (measured["begun_and_left"][f"after {count}"] for count in (training.SETTLED, training.CYCLES))
    scrubbed = json.loads(live.RESULTS.read_text(encoding="utf-8"))["scrubbed_ms"]
    return "\n".join(
        [
            "| what | measured |",
            "|---|---|",
            f"| pictures a second of the classic recipe, in the page and by train.py in turn | {rates['page']:,} and "
            f"{rates['train.py']:,}: {rates['ratio']} times as many |",
            f"| both give the same weights, byte for byte | {'yes' if measured['same_weights'] else 'no'} |",
            f"| from the click to the first point of the curve | {measured['seconds_to_the_first_point']} s |",
            f"| an answer to a pen at rest, idle and while a network is trained | {waits['idle']} ms and "
            f"{waits['while training']} ms |",
            f"| the server's memory after {training.SETTLED} trainings that were begun and left, and after "
            f"{training.CYCLES} | {before['megabytes']:.0f} MB and {after['megabytes']:.0f} MB |",
            f"| a step of the time machine's slider until all is painted, median and 95 % | {scrubbed['p50']} ms, "
            f"{scrubbed['p95']} ms |",
        ]
    )


LIMIT_WORDS = {
    "epochs": "epochs of a training",
    "width": "largest number of maps, kernel side, padding or size of a dense layer",
    "parameters": "parameters of a network",
    "multiply_adds": "multiply-adds for a picture",
    "examples": "pictures, all epochs together",
    "held_out": "pictures held out",
    "batch_numbers": "numbers that the stages put out for a batch, which decide the memory",
    "seconds": "seconds of training steps",
    "waiting": "visitors in line",
    "silence": "seconds without a word from the page, after which its training ends",
    "kept": "trained networks that are kept",
    "keep_seconds": "seconds for which each is kept",
}


VISIT_WORDS = {
    "question_bytes": "bytes of a request that is no upload",
    "upload_bytes": "bytes of an upload",
    "requests": "requests of a visitor at once; reading a file counts as a twentieth of one",
    "requests_a_second": "requests of a visitor a second, in the long run",
    "at_once": "questions of all that are worked out at once, half of them of one visitor at most",
    "hour_bytes": "bytes of a visitor's uploads within an hour",
    "all_hour_bytes": "the same for all visitors, with what `/activations` writes",
    "streams": "answers that a visitor waits for at once, piece by piece",
    "all_streams": "the same for all visitors",
    "body_seconds": "seconds between two parts of a request, which may take ten times that in all",
    "waiting": "questions of programs in line",
    "free_bytes": "bytes of the disk that stay free",
    "proxies": "proxies in front of the page, which say in X-Forwarded-For who asks; 1 on a Space",
}


def visits() -> str:
    """What a visitor may ask, with the variable that changes it."""
    return limit_table(VISIT_PREFIX, asdict(Visits()), VISIT_WORDS)


def limits() -> str:
    """What a visitor's training may take, with the variable that changes it."""
    return limit_table(TRAIN_PREFIX, asdict(Limits()), LIMIT_WORDS)


def limit_table(prefix: str, defaults: dict[str, int], words: dict[str, str]) -> str:
    lines = ["| variable | default | what |", "|---|---|---|"]
    for name, value in defaults.items():
        lines.append(f"| `{prefix}{name.upper()}` | {value:,} | {words[name]} |")
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {
    "results": results,
    "exercises": exercises,
    "strokes": strokes,
    "doubted": doubted,
    "photos": photographed,
    "speeds": speeds,
    "pace": pace,
    "crowds": crowds,
    "serving": serving,
    "trained": trained,
    "limits": limits,
    "batches": batches,
    "visits": visits,
}


def between(text: str, name: str) -> str:
    """The table of that name as it stands in ``text``."""
    return text.split(BEGIN.format(name))[1].split(END.format(name))[0].strip()


def main() -> None:
    text = README.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        before, rest = text.split(BEGIN.format(name))
        text = before + BEGIN.format(name) + table() + "\n" + END.format(name) + rest.split(END.format(name))[1]
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
