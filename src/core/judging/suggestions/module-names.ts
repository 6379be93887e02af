const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Modules whose purpose is the network, which scripts do not have. */
export const networkModules: ReadonlySet<string> = new Set(
  words(`
    requests httpx aiohttp urllib3 httplib2 treq pycurl grequests requests_html cloudscraper websocket websockets
    boto3 botocore s3fs gcsfs smart_open paramiko fabric asyncssh ftputil pysftp ldap3 nmap scapy dns
    openai anthropic cohere mistralai together groq replicate huggingface_hub google genai googleapiclient
    slack_sdk slack_bolt discord telegram tweepy praw twilio sendgrid stripe github gitlab jira notion_client
    redis pymongo motor psycopg2 psycopg asyncpg pymysql MySQLdb mysql aiomysql cassandra elasticsearch kafka pika celery
    selenium playwright pyppeteer scrapy mechanize yfinance pandas_datareader yt_dlp pytube wikipedia feedparser
  `),
);

/** Names that scripts give to modules of their own. */
export const commonOwnModules: ReadonlySet<string> = new Set(
  words(`
    utils util helpers helper common config settings constants consts models model lib libs src core base main app
    tools functions funcs data_loader dataset loader parser parsers schemas schema database db my_module mymodule module
    my_utils myutils my_package mypackage shared services service solution solver
  `),
);
