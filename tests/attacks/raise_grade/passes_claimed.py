"""Claims the number of passes over the data that was asked for.

In process: yes, by a change to the code that answers.
Here: yes, and nothing can be done: how often data were read is known from the student's process alone.
Shown by: points
Base: train_net wrong/ten_epochs_always
"""
from grader import probe

original = probe.run


def run(namespace, source, inputs):
    answer = original(namespace, source, inputs)
    if isinstance(answer, dict) and "runs" in answer:
        for report, keywords in zip(answer["runs"], inputs["calls"]):
            report["passes"] = keywords.get("num_epochs", 10)
    return answer


probe.run = run
