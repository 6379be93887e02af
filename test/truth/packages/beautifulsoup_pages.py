# truth: {"packages": ["beautifulsoup4"]}
from bs4 import BeautifulSoup

soup = BeautifulSoup("<ul><li class=a>one<li>two</ul>", "html.parser")
print([item.get_text() for item in soup.find_all("li")], soup.select_one("li.a")["class"], soup.prettify())
