# truth: {"packages": ["sqlalchemy"]}
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")


engine = create_engine("sqlite:///books.db")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Author(name="Ada", books=[Book(title="One"), Book(title="Two")]))
    session.commit()
    print(session.scalars(select(Book.title).join(Author).where(Author.name == "Ada").order_by(Book.title)).all())
    print(session.scalar(select(func.count()).select_from(Book)))
