/** Describes the request that builds an environment with a package. @param runtime of the environment, if not Python. */
export function describeBuild(packageName: string, runtime?: string): string {
  const name = `with-${packageName.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')}`;
  const body = { name, ...(runtime === undefined ? {} : { runtime }), packages: [packageName] };
  const json = JSON.stringify(body).replaceAll('":', '": ').replaceAll(',"', ', "');
  return `POST /environments with ${json} builds one that has, then send "environment": "${name}"`;
}
