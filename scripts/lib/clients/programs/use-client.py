"""Uses a generated client of Python: a script that works, one that fails, and a route that refuses."""

import sys

import brig_client

client = brig_client.ApiClient(brig_client.Configuration(host=sys.argv[1]))
execution, environments = brig_client.ExecutionApi(client), brig_client.EnvironmentsApi(client)
for script in ("def main(n):\n    return n * 6", "def main(n):\n    return n / 0"):
    outcome = execution.execute(brig_client.ExecuteRequest(script=script, args=[7])).actual_instance
    if isinstance(outcome, brig_client.Success):
        print("success", outcome.result)
    else:
        print("failure", outcome.error)
print(environments.show_environment("plain").actual_instance.state)
try:
    environments.show_environment("missing")
except brig_client.ApiException as error:
    print(error.status)
print(brig_client.ServiceApi(client).health().status)
