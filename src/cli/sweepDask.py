"""Makes runs of a sweep on a Dask cluster, for sweepDask.ts, which starts this.

Standard input: one line of JSON, {"scheduler", "folder", "jobs": [{"key", "command"}]}; when it is closed, nobody wants
the runs any more. Standard output: a line of JSON for each event: {"key", "line"} of a run that is made, {"key",
"error"} of one that could not be, {"said"} of what a person should know, {"problem"} of what ends all.
"""

import json
import os
import sys
import threading
import uuid

# Seconds in which a scheduler answers, also on a machine that is busy.
PATIENCE = 60


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def give_up(problem):
    tell(problem=problem)
    os._exit(1)


def unfit(folder, node):
    """Runs on a worker: the reason why it cannot make runs, or None."""
    import os
    import shutil
    import socket

    where = "on " + socket.gethostname()
    if shutil.which(node) is None:
        return "there is no %s %s" % (node, where)
    if not os.path.exists(os.path.join(folder, "src", "cli", "sweep.ts")):
        return "there is no Normscope in %s %s" % (folder, where)
    return None


def make(sweep, folder, command):
    """Runs on a worker: the line that the command of a run prints, or what was wrong with it."""
    import subprocess

    from distributed import get_worker

    worker = get_worker()
    if not hasattr(worker, "normscope_processes"):
        worker.normscope_processes = {}
    processes = worker.normscope_processes.setdefault(sweep, set())
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
    except OSError as error:
        return {"error": str(error)}
    processes.add(process)
    try:
        printed, said = process.communicate()
    finally:
        processes.discard(process)
    if process.returncode == 0:
        return {"line": printed.strip()}
    reason = (said.strip().splitlines() or ["It printed nothing."])[-1]
    return {"error": "%s (exit code %s on %s)" % (reason, process.returncode, worker.address)}


def stop(sweep, dask_worker):
    """Runs on a worker: ends the processes of a sweep."""
    for process in list(getattr(dask_worker, "normscope_processes", {}).get(sweep, ())):
        process.kill()


def connect(address):
    import socket

    from distributed import Client
    from distributed.comm import get_address_host_port

    try:
        # Where nobody listens this fails at once; the client would try again until its time is up.
        socket.create_connection(get_address_host_port(address), PATIENCE).close()
        return Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        give_up("it does not answer: %s" % (str(error) or type(error).__name__))


def workers_of(client):
    return client.scheduler_info()["workers"]


def await_workers(client, poll=0.5):
    if not workers_of(client):
        tell(said="The cluster has no workers yet; waiting for the first one.")
    waits = threading.Event()
    while not workers_of(client):
        waits.wait(poll)


def main():
    given = json.loads(sys.stdin.readline())
    try:
        from distributed import as_completed
    except ImportError:
        give_up(
            "%s has no Dask (Debian: apt-get install python3-distributed; else: pip install distributed); "
            "PYTHON names another Python." % sys.executable
        )
    client = connect(given["scheduler"])
    sweep = "normscope-" + uuid.uuid4().hex
    folder = given["folder"]
    jobs = given["jobs"]

    is_over = threading.Event()

    def end_with_input():
        sys.stdin.read()
        is_over.set()
        # A scheduler that is lost answers nothing any more.
        threading.Timer(PATIENCE, os._exit, [0]).start()
        try:
            client.cancel(futures)
            client.run(stop, sweep)
        finally:
            os._exit(0)

    futures = []
    threading.Thread(target=end_with_input, daemon=True).start()
    await_workers(client)
    for reason in client.run(unfit, folder, jobs[0]["command"][0]).values():
        if reason:
            give_up(reason + ".")
    key_of = {}
    for place, job in enumerate(jobs):
        name = "%s-%s" % (sweep, job["key"])
        key_of[name] = job["key"]
        futures.append(
            client.submit(make, sweep, folder, job["command"], key=name, priority=-place)
        )
    for future, result in as_completed(futures, with_results=True, raise_errors=False):
        if is_over.is_set():
            threading.Event().wait()
        if future.status == "finished":
            tell(key=key_of[future.key], **result)
            future.release()
        elif future.status == "error":
            tell(key=key_of[future.key], error="Dask gave it up: %s" % result[1])
        else:
            give_up("it was lost")
    os._exit(0)


main()
